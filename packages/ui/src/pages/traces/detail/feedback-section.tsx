/** What people said of the answer, and a place to say something. */
import { Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { IconThumbDown, IconThumbUp } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ReactElement } from 'react'
import { describeError } from '../../../api/api-error.ts'
import { api, dataOf } from '../../../api/client.ts'
import type { Zone } from '../../../lib/format-time.ts'
import { formatWhole } from '../list/trace-time.ts'
import { traceKey } from '../trace-queries.ts'
import type { Trace } from '../trace-types.ts'
import classes from './detail.module.css'

type Rating = 'positive' | 'negative'

const COMMENT_LENGTH_MAX = 1000

export function FeedbackSection({ trace, zone }: { trace: Trace; zone: Zone }): ReactElement {
  const [comment, setComment] = useState('')
  const queries = useQueryClient()
  const { mutate, isPending, error, isSuccess } = useMutation({
    mutationFn: (rating: Rating) => send(trace, rating, comment.trim()),
    onSuccess: () => {
      setComment('')
      // The daemon answers after it has stored the feedback, so the trace now has it.
      void queries.invalidateQueries({ queryKey: traceKey(trace.id) })
    },
  })
  return (
    <Stack gap={8}>
      <Given trace={trace} zone={zone} />
      <Textarea
        aria-label="Note"
        placeholder="A note, if there is something to say"
        autosize
        minRows={1}
        maxRows={6}
        size="xs"
        maxLength={COMMENT_LENGTH_MAX}
        value={comment}
        onChange={(event) => setComment(event.currentTarget.value)}
      />
      <Group gap={6}>
        <Button
          variant="default"
          leftSection={<IconThumbUp size={14} />}
          loading={isPending}
          onClick={() => mutate('positive')}
        >
          Good answer
        </Button>
        <Button
          variant="default"
          leftSection={<IconThumbDown size={14} />}
          loading={isPending}
          onClick={() => mutate('negative')}
        >
          Bad answer
        </Button>
        <Text size="xs" c={error === null ? 'dimmed' : 'red'} role="status">
          {error !== null ? describeError(error).title : isSuccess ? 'Stored' : ''}
        </Text>
      </Group>
    </Stack>
  )
}

function Given({ trace, zone }: { trace: Trace; zone: Zone }): ReactElement {
  const own = trace.feedback === undefined ? [] : [{ ...trace.feedback, at: undefined, event_id: 'own' }]
  const rows = [...own, ...trace.feedback_events]
  if (rows.length === 0)
    return (
      <Text size="sm" c="dimmed">
        None yet.
      </Text>
    )
  return (
    <ul className={classes['given']}>
      {rows.map(({ event_id, rating, comment, at }) => (
        <li key={event_id}>
          {rating === 'positive' ? <IconThumbUp size={14} aria-hidden /> : null}
          {rating === 'negative' ? <IconThumbDown size={14} aria-hidden /> : null}
          <b>{rating}</b>
          {comment !== null && comment !== undefined && <q>{comment}</q>}
          <span className={classes['quiet']}>
            {at === undefined ? 'with the request' : formatWhole(at, zone)}
          </span>
        </li>
      ))}
    </ul>
  )
}

function send({ id, service }: Trace, rating: Rating, comment: string): Promise<unknown> {
  const feedback = { id, service, event_id: eventId(), rating, ...(comment === '' ? {} : { comment }) }
  return dataOf(api.POST('/api/v1/feedback', { body: feedback }))
}

/** One for each click: a person may change their mind. `randomUUID` is missing where the page came by plain HTTP. */
function eventId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12))
  return `ui-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}
