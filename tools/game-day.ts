/**
 * `npm run game-day`: breaks the example application on purpose and prints how soon its alerts reach a webhook, fired and
 * resolved, with the rules as shipped. `npm run game-day -- --hurried` in a third of the time, with alerts that do not wait.
 * Needs Debian's prometheus and prometheus-alertmanager.
 */
import { holdGameDay } from '../e2e/game-day.ts'

const began = Date.now()
const pace = process.argv.includes('--hurried') ? 'hurried' : 'shipped'
const times = await holdGameDay({
  pace,
  onProgress: (line) =>
    console.log(`${String(Math.round((Date.now() - began) / 1000)).padStart(5)} s  ${line}`),
})
console.log(`
| fault | alert | told by | fired after | resolved after |
| ----- | ----- | ------- | ----------: | -------------: |
${times.map((row) => `| ${row.fault} | \`${row.alert}\` | ${row.way} | ${row.firedAfter} s | ${row.resolvedAfter} s |`).join('\n')}`)
