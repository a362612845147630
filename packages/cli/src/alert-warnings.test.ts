import { expect, test } from 'vitest'
import { alertWarnings } from './alert-warnings.ts'

test('alertWarnings says of a notifier that fails how to try it, and of the rest where to look', () => {
  const errors = [
    { name: 'notifier pager', message: 'what it has to tell is not delivered: HTTP 401', since: 0 },
    { name: 'RagHighErrorRate', message: 'no room', since: 0 },
  ]
  expect(alertWarnings({ errors })).toEqual([
    {
      code: 'notification_failed',
      message: 'notifier pager: what it has to tell is not delivered: HTTP 401.',
      hint: 'Nobody hears of alerts that way; try it with: ragmeter alerts notify pager',
    },
    {
      code: 'evaluation_failed',
      message: 'RagHighErrorRate: no room.',
      hint: 'What fires may be out of date; look into the log of the daemon.',
    },
  ])
  expect(alertWarnings({ errors: [] })).toEqual([])
  expect(alertWarnings({})).toEqual([])
})
