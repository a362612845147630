/** What keeps alerts from being evaluated, and what keeps people from being told of them: two different troubles. */
import { Alert as Notice } from '@mantine/core'
import type { ReactElement, ReactNode } from 'react'
import type { AlertsAnswer } from '../../api/alerts.ts'
import { PageLink } from '../../components/page-link.tsx'
import { formatAgo } from '../../lib/format-ago.ts'

type Failure = AlertsAnswer['errors'][number]

/** What the daemon puts before the name of a notifier that does not deliver. */
const OF_NOTIFIER = 'notifier '

export interface AlertProblemsProps {
  answer: AlertsAnswer
  now: number
}

export function AlertProblems({ answer: { errors, omitted }, now }: AlertProblemsProps): ReactElement {
  const untold = errors.filter(({ name }) => name.startsWith(OF_NOTIFIER))
  const others = errors.filter(({ name }) => !name.startsWith(OF_NOTIFIER))
  return (
    <>
      {(others.length > 0 || omitted > 0) && (
        <Problem title="Not everything can be evaluated" failures={others} now={now}>
          {omitted > 0 && <li>{`${omitted} label sets found no room, and are not alerted on.`}</li>}
        </Problem>
      )}
      {untold.length > 0 && (
        <Problem title="Not everybody is told" failures={untold} now={now}>
          <li>
            <PageLink to="/alerts" search={{ tab: 'delivery' }} inherit c="inherit" td="underline">
              What was delivered, and a test
            </PageLink>
          </li>
        </Problem>
      )}
    </>
  )
}

interface ProblemProps {
  title: string
  failures: readonly Failure[]
  now: number
  children: ReactNode
}

function Problem({ title, failures, now, children }: ProblemProps): ReactElement {
  return (
    <Notice color="red" variant="light" title={title} role="alert">
      <ul style={{ margin: 0, paddingLeft: 18 }}>
        {failures.map(({ name, message, since }) => (
          <li key={name}>{`${name}: ${message} (since ${formatAgo(since, now)})`}</li>
        ))}
        {children}
      </ul>
    </Notice>
  )
}
