/** The packages as their users get them: packed, installed into an empty folder without a compiler, and run there. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

const execute = promisify(execFile)
const root = join(import.meta.dirname, '..')
/** Those that the documentation tells to pack. */
const PACKAGES = Array.from(
  readFileSync(join(root, 'docs/getting-started.md'), 'utf8').matchAll(/ -w packages\/(\w+)/g),
  ([, name = '']) => name,
)

test(
  'the tarballs install with --ignore-scripts; npx ragmeter and @ragmeter/sdk work from there',
  { timeout: 300_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ragmeter-install-'))
    // Nothing of this repository, and no compiler, is within reach.
    const environment = {
      // The Node under test first: npx takes the first one it finds.
      PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
      HOME: process.env['HOME'],
      RAGMETER_HOME: join(folder, 'home'),
      RAGMETER_PORT: '0',
      CC: '/bin/false',
      CXX: '/bin/false',
    }
    const run = async (command: string, commandArguments: readonly string[]) => {
      const { stdout } = await execute(command, commandArguments, { cwd: folder, env: environment })
      return stdout
    }
    onTestFinished(async () => {
      await run('npx', ['--no-install', 'ragmeter', 'stop', '--force']).catch(() => {})
      rmSync(folder, { recursive: true, force: true })
    })

    for (const name of PACKAGES) {
      await execute('npm', ['pack', '--silent', '--pack-destination', folder], {
        cwd: join(root, 'packages', name),
      })
    }
    const tarballs = readdirSync(folder).map((file) => `./${file}`)
    expect(tarballs).toHaveLength(PACKAGES.length)
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
    // npm runs on the Node that it came with: what is tested is what it installs.
    await execute(
      'npm',
      ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--silent', ...tarballs],
      {
        cwd: folder,
        env: { ...environment, PATH: process.env['PATH'] },
      },
    )

    expect(await run('npx', ['--no-install', 'ragmeter', 'start'])).toContain('ragmeter is running')
    const status = JSON.parse(await run('npx', ['--no-install', 'ragmeter', 'status', '--json'])) as {
      data: { url: string }
    }
    const page = await fetch(status.data.url, { headers: { accept: 'text/html' } })
    const html = await page.text()
    expect([page.status, html]).toEqual([200, expect.stringContaining('<div id="root">')])
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(html)?.[1] ?? ''
    expect((await fetch(status.data.url + script)).headers.get('content-encoding')).toBe('gzip')
    const program = `
    import { MonitorClient } from '@ragmeter/sdk'
    const monitor = new MonitorClient({ endpoint: '${status.data.url}', service: 'installed', sampleRate: 1 })
    await monitor.trace('Does it work?', { operation: 'ask' }, (trace) => {
      trace.recordRetrieval({ retriever: 'none', count: 0 })
      return 'yes'
    })
    await monitor.close()`
    writeFileSync(join(folder, 'program.js'), program)
    await run(process.execPath, ['program.js'])
    const stats = await run('npx', ['--no-install', 'ragmeter', 'stats', '--service', 'installed', '--json'])
    expect(JSON.parse(stats)).toMatchObject({
      data: { requests: 1, retrieval: { empty: 1 }, traces_stored: 1 },
    })
    expect(await run('npx', ['--no-install', 'ragmeter', 'demo'])).toContain('Asked 66 questions')
    expect(await run('npx', ['--no-install', 'ragmeter', 'stop'])).toContain('Stopped ragmeter')
  },
)
