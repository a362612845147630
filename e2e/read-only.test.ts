/** The daemon as its container runs it: not as root, and with nothing but its home to write to. */
import { spawn } from 'node:child_process'
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { freePort, getJson, untilAnswered } from './daemon-process.ts'

const isRoot = process.getuid?.() === 0
const note = isRoot ? '' : ' (needs root: it makes the file system read-only for one process)'

const CLI = join(import.meta.dirname, '../packages/cli/dist/main.js')
/** The user of the image. */
const USER = 1000

/**
 * In a mount namespace of its own: all is read-only but the home. Reading is allowed everywhere, since a checkout may lie
 * in a folder that only root may enter.
 */
const SCRIPT = `
set -e
mount --make-rprivate /
mount --bind "$RAGMETER_HOME" "$RAGMETER_HOME"
mount -o remount,ro,bind /
if touch /ragmeter-was-here 2>/dev/null; then exit 9; fi
exec setpriv --reuid ${USER} --regid ${USER} --clear-groups --no-new-privs \\
  --inh-caps +dac_read_search --ambient-caps +dac_read_search "$0" "$@"`

it.skipIf(!isRoot)(
  `starts, stores and stops on a read-only file system, as a user that is not root${note}`,
  async () => {
    const home = mkdtempSync(join(tmpdir(), 'ragmeter-read-only-'))
    onTestFinished(() => rmSync(home, { recursive: true, force: true }))
    chownSync(home, USER, USER)
    const port = await freePort()
    const command = [
      '-m',
      'sh',
      '-c',
      SCRIPT,
      process.execPath,
      CLI,
      'start',
      '--foreground',
      '--port',
      String(port),
    ]
    const child = spawn('unshare', command, {
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, RAGMETER_HOME: home },
    })
    let written = ''
    child.stderr.on('data', (data: Buffer) => (written += data.toString()))
    const exited = new Promise((resolve) => child.once('exit', resolve))
    onTestFinished(() => void child.kill('SIGKILL'))
    const url = `http://127.0.0.1:${port}`
    await untilAnswered(`${url}/livez`, child, () => written)
    const response = await fetch(`${url}/ingest`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        traces: [{ query_hash: 'abc', query_length: 3, total_latency_ms: 12, success: true }],
      }),
    })
    expect(await response.json()).toMatchObject({ accepted: 1 })
    expect(await getJson(`${url}/health`)).toMatchObject({ status: 'healthy', traces_collected: 1 })
    child.kill('SIGTERM')
    expect(await exited).toBe(0)
  },
)
