/** The message of an incoming webhook of Slack. */
import { headline } from './notification.ts'
import type { Notification } from './notification.ts'

const ALERTS_SHOWN = 20
const TEXT_LENGTH_MAX = 2000
const COLOURS = { critical: '#c92a2a', warning: '#e8590c', info: '#1971c2', none: '#868e96' } as const
const RESOLVED_COLOUR = '#2b8a3e'

/** The three characters that mean something to Slack. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .slice(0, TEXT_LENGTH_MAX)
}

export function slackMessage(notification: Notification): object {
  const { alerts } = notification
  const omitted = alerts.length - ALERTS_SHOWN
  const title = escaped(headline(notification))
  return {
    text: omitted > 0 ? `${title} (${omitted} more are not shown)` : title,
    attachments: alerts.slice(0, ALERTS_SHOWN).map(({ status, alert, annotations, url }) => {
      const { description = '', runbook_url: runbook } = annotations
      const links = [`<${url}|Evidence>`, ...(runbook === undefined ? [] : [`<${runbook}|Runbook>`])]
      return {
        color: status === 'resolved' ? RESOLVED_COLOUR : COLOURS[alert.severity],
        fallback: escaped(description),
        mrkdwn_in: ['text'],
        text: `${status === 'resolved' ? 'Resolved: ' : ''}${escaped(description)}\n${links.join(' · ')}`,
      }
    }),
  }
}
