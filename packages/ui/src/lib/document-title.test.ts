import { expect, test } from 'vitest'
import { titleText } from './document-title.tsx'

test('titleText names what is open before the page, and counts alerts that fire', () => {
  expect(titleText('Costs', 0, undefined)).toBe('Costs – ragmeter')
  expect(titleText('Alerts', 2, 'RagHighErrorRate (docs)')).toBe(
    '(2) RagHighErrorRate (docs) – Alerts – ragmeter',
  )
})
