/** A home folder of one user, and commands of another: whose daemon it is stays as it is. */
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createHome, MAIN, watched } from './command-line.ts'
import type { Home, Outcome } from './command-line.ts'

/** Root without its capabilities reads and writes what is root's, and nothing of others: where the checkout lies is no matter. */
const POWERLESS = ['--bounding-set=-all', '--inh-caps=-all']
const NOBODY = 65534
const canBeOther = process.getuid?.() === 0 && spawnSync('setpriv', [...POWERLESS, 'true']).status === 0
const note = canBeOther ? '' : ' (needs root and setpriv: apt-get install util-linux)'

/** The user to whom the home folder belongs from now on is not the one who runs commands. */
function giveAway(home: Home, mode: number): void {
  for (const file of readdirSync(home.folder)) chownSync(join(home.folder, file), NOBODY, NOBODY)
  chownSync(home.folder, NOBODY, NOBODY)
  chmodSync(home.folder, mode)
}

async function runAsOther(home: Home, commandArguments: readonly string[]): Promise<Outcome> {
  const environment = { PATH: process.env['PATH'], RAGMETER_HOME: home.folder, RAGMETER_PORT: '0' }
  const all = [...POWERLESS, process.execPath, MAIN, ...commandArguments]
  const { exit, output } = watched(spawn('setpriv', all, { cwd: '/', env: environment }))
  const [code] = await exit
  return { code, ...output() }
}

test.skipIf(!canBeOther).each([
  ['all may write to', 0o777],
  ['all may look into', 0o755],
  ['only its owner may enter', 0o700],
])(
  `commands of another user on a home folder that %s are denied, and the daemon stays${note}`,
  async (_, mode) => {
    const home = createHome()
    await home.run(['start'])
    giveAway(home, mode)
    const files = readdirSync(home.folder)
    for (const command of ['status', 'stop', 'start', 'stats']) {
      expect(await runAsOther(home, [command])).toEqual({
        code: 12,
        stdout: '',
        stderr: expect.stringMatching(/EACCES.*\nRun the command as the user/) as string,
      })
    }
    expect(readdirSync(home.folder)).toEqual(files)
    expect(await home.run(['status'])).toMatchObject({ code: 0 })
  },
)

test.skipIf(!canBeOther)(`start in a folder that the user cannot write to is denied${note}`, async () => {
  const home = createHome()
  giveAway(home, 0o755)
  expect(await runAsOther(home, ['start'])).toMatchObject({
    code: 12,
    stderr: expect.stringMatching(/^error: The system refuses: EACCES.*daemon\.log/) as string,
  })
})

test('a folder in the place of the state file is denied to all commands, and stays', async () => {
  const home = createHome()
  const folder = join(home.folder, 'daemon.json')
  mkdirSync(folder)
  for (const command of ['status', 'stop', 'start']) {
    expect(await home.run([command])).toMatchObject({
      code: 12,
      stderr: expect.stringContaining('Move that folder away') as string,
    })
  }
  expect(readdirSync(folder)).toEqual([])
})
