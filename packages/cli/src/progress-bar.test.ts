import { expect, test } from 'vitest'
import { createProgressBar } from './progress-bar.ts'

function draw(isTTY: boolean, shares: readonly number[]): string[] {
  const written: string[] = []
  const bar = createProgressBar({ isTTY, write: (text) => written.push(text) }, 'Working')
  for (const share of shares) bar.update(share, 'today')
  bar.end()
  return written
}

test('createProgressBar draws over one line on a terminal, once for each per cent, and clears it at the end', () => {
  const written = draw(true, [0, 0.501, 0.502, 0.503, 1])
  expect(written).toEqual([
    `\r\u001b[KWorking [${'-'.repeat(32)}]   0 %  today`,
    `\r\u001b[KWorking [${'#'.repeat(16)}${'-'.repeat(16)}]  50 %  today`,
    `\r\u001b[KWorking [${'#'.repeat(32)}] 100 %  today`,
    '\r\u001b[K',
  ])
})

test('createProgressBar writes five plain lines elsewhere', () => {
  const shares = Array.from({ length: 1001 }, (_, i) => i / 1000)
  expect(draw(false, shares)).toEqual(
    [0, 25, 50, 75, 100].map((percent) => `Working: ${percent} % (today)\n`),
  )
})
