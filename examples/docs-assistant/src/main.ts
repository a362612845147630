import { MonitorClient } from '@ragmeter/sdk'

import { help, parseCommand } from './command-line.ts'
import type { Command } from './command-line.ts'
import { drive } from './drive.ts'
import { localPrices, serve, serveIndex } from './serve.ts'

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())

async function main(command: Command): Promise<void> {
  if (command.name === 'help') {
    console.log(help)
    return
  }
  if (command.name === 'drive') {
    await drive(command, command.url, stop.signal)
    return
  }
  if (command.name === 'index') {
    const index = await serveIndex(command)
    console.log(`docs-assistant searches on ${index.url}`)
    await untilAborted(stop.signal)
    await index.close()
    return
  }
  const monitor = new MonitorClient({
    service: process.env['RAGMETER_SERVICE'] ?? 'docs-assistant',
    prices: localPrices,
  })
  const service = await serve(command, monitor, process.env)
  console.log(`docs-assistant answers on ${service.url}`)
  try {
    if (command.name === 'run') await drive(command, service.url, stop.signal)
    else await untilAborted(stop.signal)
  } finally {
    await service.close()
    await monitor.close()
  }
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise((resolve) => {
    signal.addEventListener('abort', resolve, { once: true })
  })
}

try {
  await main(parseCommand(process.argv.slice(2)))
} catch (error) {
  const message = error instanceof Error ? error.message : String(error)
  console.error(`docs-assistant: ${message}\nTry docs-assistant --help.`)
  process.exitCode = 1
}
