/** A home folder of one user, and commands of another: whose daemon it is stays as it is. */
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createHome, MAIN, watched } from './command-line.ts'
import type { Home, Outcome } from './command-line.ts'

const AS_NOBODY = ['--reuid', '65534', '--regid', '65534', '--clear-groups']
/** Only root can be another user, and a checkout may lie in a folder that only root may enter. */
const canBeNobody = spawnSync('setpriv', [...AS_NOBODY, 'test', '-r', MAIN]).status === 0
const note = canBeNobody ? '' : ' (needs root, setpriv and a checkout that all may read)'

async function runAsNobody(home: Home, commandArguments: readonly string[]): Promise<Outcome> {
  const environment = { PATH: process.env['PATH'], RAGMETER_HOME: home.folder, RAGMETER_PORT: '0' }
  const all = [...AS_NOBODY, process.execPath, MAIN, ...commandArguments]
  const { exit, output } = watched(spawn('setpriv', all, { cwd: '/', env: environment }))
  const [code] = await exit
  return { code, ...output() }
}

test.skipIf(!canBeNobody).each([
  ['all may write to', 0o777],
  ['all may look into', 0o755],
  ['only its owner may enter', 0o700],
])(
  `commands of another user on a home folder that %s are denied, and the daemon stays${note}`,
  async (_, mode) => {
    const home = createHome()
    await home.run(['start'])
    chmodSync(home.folder, mode)
    const files = readdirSync(home.folder)
    for (const command of ['status', 'stop', 'start', 'stats']) {
      expect(await runAsNobody(home, [command])).toEqual({
        code: 12,
        stdout: '',
        stderr: expect.stringMatching(/EACCES.*\nRun the command as the user/) as string,
      })
    }
    expect(readdirSync(home.folder)).toEqual(files)
    expect(await home.run(['status'])).toMatchObject({ code: 0 })
  },
)

test.skipIf(!canBeNobody)(`start in a folder that the user cannot write to is denied${note}`, async () => {
  const home = createHome()
  chmodSync(home.folder, 0o755)
  expect(await runAsNobody(home, ['start'])).toMatchObject({
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
