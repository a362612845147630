/** `npm start` at the root: what a newcomer runs first. The daemon and the example measure something, and end together. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { freePort, sumOf } from './daemon-process.ts'

const root = join(import.meta.dirname, '..')
const PATIENCE = { timeout: 90_000, interval: 200 }

/** The script as npm runs it, without npm: that ends by the signal itself, whatever its script made of it. */
function spawnStart(commandArguments: readonly string[]): ChildProcess {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: { start: string }
  }
  const [command, ...script] = manifest.scripts.start.split(' ')
  expect(command).toBe('node')
  const { PATH = '', HOME } = process.env
  return spawn(process.execPath, [...script, ...commandArguments], {
    cwd: root,
    env: { HOME, PATH: `${dirname(process.execPath)}:${PATH}` },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, as in a terminal, where Ctrl-C reaches all of the group.
    detached: true,
  })
}

/** Command lines of the processes that were started with this argument. */
function processesWith(argument: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
      } catch {
        return []
      }
    })
    .filter((parts) => parts.includes(argument))
    .map((parts) => parts.join(' '))
}

async function isListening(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`).then(
    () => true,
    () => false,
  )
}

test(
  'npm start measures the example, and Ctrl-C ends the daemon and the example',
  { timeout: 240_000 },
  async () => {
    const data = mkdtempSync(join(tmpdir(), 'ragmeter-npm-start-'))
    const [port, assistantPort] = [await freePort(), await freePort()]
    const ports = ['--port', String(port), '--assistant-port', String(assistantPort)]
    const child = spawnStart([...ports, '--data', data, '--speed', '50'])
    const group = -(child.pid ?? Number.NaN)
    const exit = once(child, 'exit')
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (output += String(text)))
    onTestFinished(async () => {
      // Asked twice it kills what it has started.
      for (let i = 0; i < 2 && child.exitCode === null && child.signalCode === null; i += 1) child.kill()
      await exit
      rmSync(data, { recursive: true, force: true })
    })

    await expect.poll(() => output, PATIENCE).toMatch(/^[1-9][\d,]* requests {2}ok \d/m)
    const url = `http://127.0.0.1:${port}`
    const page = await (await fetch(`${url}/metrics`)).text()
    expect(sumOf(page, 'rag_requests_total', 'service="docs-assistant"')).toBeGreaterThan(0)
    const running = () => [port, assistantPort].flatMap((number) => processesWith(String(number)))
    // The starter has both ports among its arguments, the two programs one each.
    expect(running()).toHaveLength(4)
    expect(await isListening(assistantPort)).toBe(true)

    process.kill(group, 'SIGINT')
    expect(await exit).toEqual([0, null])
    expect(output).toContain('Stopped.')
    expect(running()).toEqual([])
    expect([await isListening(port), await isListening(assistantPort)]).toEqual([false, false])
  },
)
