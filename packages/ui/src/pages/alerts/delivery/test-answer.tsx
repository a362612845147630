/** What became of a test: what the receiver answered, or why the daemon did not ask it. */
import { Text } from '@mantine/core'
import type { ReactElement } from 'react'
import { describeError } from '../../../api/api-error.ts'
import type { TestResult } from '../alert-queries.ts'
import classes from '../alerts.module.css'

export interface TestAnswerProps {
  /** The one that was told last; none before the first test. */
  notifier: string | undefined
  answer: TestResult | undefined
  error: Error | null
}

/** It stands there before it says anything: so a screen reader reads out what comes into it. */
export function TestAnswer({ notifier, answer, error }: TestAnswerProps): ReactElement {
  const said = wordsOf(notifier, answer, error)
  return (
    <div role="status" aria-label="Answer to the test">
      {said !== undefined && (
        <>
          <Text size="sm" mt={8} fw={600} className={classes['answer'] ?? ''} data-tone={said.tone}>
            {said.title}
          </Text>
          <Text size="xs" c="dimmed" className={classes['answer'] ?? ''}>
            {said.hint}
          </Text>
        </>
      )}
    </div>
  )
}

interface Words {
  tone: 'good' | 'bad'
  title: string
  hint: string
}

function wordsOf(
  notifier: string | undefined,
  answer: TestResult | undefined,
  error: Error | null,
): Words | undefined {
  if (error !== null) return { tone: 'bad', ...describeError(error) }
  if (answer === undefined || notifier === undefined) return undefined
  return answer.delivered
    ? {
        tone: 'good',
        title: `${notifier} took the test`,
        hint: 'Its receiver has an alert RagTestNotification, which is over as it begins.',
      }
    : {
        tone: 'bad',
        title: `${notifier} did not take the test: ${answer.error ?? 'it does not say why'}`,
        hint: 'See its address and its secret in ragmeter.yaml; secrets are read when the daemon starts.',
      }
}
