/** What the daemon cannot do about alerts: evaluate them, keep them, or tell somebody. */
import type { Notice } from './output.ts'
import { printable } from './printable.ts'
import { isObject } from './probe.ts'

/** Of the answer to `/api/v1/alerts`. */
export function alertWarnings(body: Readonly<Record<string, unknown>>): readonly Notice[] {
  const { errors: shown } = printable(body)
  const errors = Array.isArray(shown) ? shown.filter(isObject) : []
  return errors.map(({ name, message }) => {
    const [, notifier] = /^notifier (.+)$/.exec(String(name)) ?? []
    return {
      message: `${String(name)}: ${String(message)}.`,
      ...(notifier === undefined
        ? {
            code: 'evaluation_failed',
            hint: 'What fires may be out of date; look into the log of the daemon.',
          }
        : {
            code: 'notification_failed',
            hint: `Nobody hears of alerts that way; try it with: ragmeter alerts notify ${notifier}`,
          }),
    }
  })
}
