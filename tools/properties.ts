/**
 * `npm run properties [-- --minutes 10]`: runs the property tests with one new seed after another until the minutes are over
 * or one fails, and says how to run it again.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } })
const minutes = Number(values.minutes)
if (!(minutes > 0)) throw new Error('--minutes is a number above 0, such as --minutes 10')

const files = execFileSync('git', ['grep', '-l', 'fast-check', '--', '*.test.ts'], {
  encoding: 'utf8',
})
const tests = files.trim().split('\n')
const end = Date.now() + minutes * 60_000
let seeds = 0
while (Date.now() < end && process.exitCode === undefined) {
  const seed = randomInt(2 ** 31)
  const run = spawnSync('npx', ['vitest', 'run', '--project', 'unit', '--reporter', 'dot', ...tests], {
    encoding: 'utf8',
    env: { ...process.env, PROPERTY_SEED: String(seed) },
  })
  if (run.status === 0) {
    seeds += 1
    console.log(`seed ${seed}: ${tests.length} files passed`)
  } else {
    console.error(run.stdout, run.stderr)
    console.error(`seed ${seed} failed; again with: PROPERTY_SEED=${seed} npx vitest run --project unit FILE`)
    process.exitCode = 1
  }
}
console.log(`${seeds} seeds passed`)
