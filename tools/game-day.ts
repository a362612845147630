/**
 * `npm run game-day`: breaks the example application on purpose and prints how soon its alerts have told a webhook that they
 * fire, and that they are resolved, with the rules as shipped. `-- --hurried` does so with rules that do not wait.
 */
import { holdGameDay } from '../e2e/game-day.ts'
import { program } from '../e2e/programs.ts'

const began = Date.now()

function say(line: string): void {
  console.log(`${String(Math.round((Date.now() - began) / 1000)).padStart(5)} s  ${line}`)
}

async function main(): Promise<void> {
  const pace = process.argv.includes('--hurried') ? 'hurried' : 'shipped'
  say(pace === 'hurried' ? 'This takes about three minutes.' : 'This takes about twenty minutes.')
  const times = await holdGameDay({ pace, onProgress: say })
  const rows = times.map(
    ({ fault, alert, way, firedAfter, resolvedAfter }) =>
      `| ${fault} | \`${alert}\` | ${way} | ${firedAfter} s | ${resolvedAfter} s |`,
  )
  console.log(
    [
      '',
      '| fault | alert | told by | fires after | resolved after |',
      '| ----- | ----- | ------- | ----------: | -------------: |',
      ...rows,
    ].join('\n'),
  )
}

const missing = [program('prometheus'), program('prometheus-alertmanager')].filter((one) => one.missing)
if (missing.length > 0) {
  console.error(`A game day${missing.map(({ note }) => note).join('')}.`)
  process.exitCode = 1
} else await main()
