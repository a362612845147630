/** The dialog that makes a silence; the URL says whether it is open, and of which alert. */
import {
  Alert as Notice,
  Button,
  Group,
  Modal,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ReactElement } from 'react'
import { describeError } from '../../../api/api-error.ts'
import { alertsQuery } from '../../../api/alerts.ts'
import type { Alert } from '../../../api/alerts.ts'
import { api, dataOf } from '../../../api/client.ts'
import { formatMoment, zoneName } from '../../../lib/format-time.ts'
import { useSearchText, useSetSearch, useSharedState } from '../../../lib/url-state.ts'
import { MatcherFields } from './matcher-fields.tsx'
import { DURATIONS, isMeant, matchersFor, problemOf } from './silence-draft.ts'
import type { Duration, Matcher } from './silence-draft.ts'

/** Of the parameter `silence`: a silence that is not for one alert. */
export const NEW_SILENCE = 'new'
const NAMES_SHOWN = 5

export function SilenceDialog(): ReactElement {
  const given = (useSearchText() as Partial<Record<string, string>>)['silence']
  const setSearch = useSetSearch()
  const { data } = useQuery(alertsQuery)
  const close = () => setSearch({ silence: undefined })
  const alert = data?.alerts.find(({ id }) => id === given)
  // Its labels are not known yet: the fields would be empty.
  const isReady = given === NEW_SILENCE || data !== undefined
  return (
    <Modal
      opened={given !== undefined && isReady}
      onClose={close}
      title={alert === undefined ? 'Silence alerts' : `Silence ${alert.name}`}
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {given !== undefined && isReady && (
        <SilenceForm key={given} alert={alert} alerts={data?.alerts ?? []} onDone={close} />
      )}
    </Modal>
  )
}

interface SilenceFormProps {
  alert: Alert | undefined
  /** What is active now. */
  alerts: readonly Alert[]
  onDone: () => void
}

function SilenceForm({ alert, alerts, onDone }: SilenceFormProps): ReactElement {
  const [matchers, setMatchers] = useState(() => matchersFor(alert))
  const [duration, setDuration] = useState<Duration>('4h')
  const [author, setAuthor] = useLocalStorage({ key: 'ragmeter-author', defaultValue: '' })
  const [comment, setComment] = useState('')
  const [isTried, setTried] = useState(false)
  const problem = problemOf(matchers, author, comment)
  const create = useCreateSilence({ matchers, duration, author, comment }, onDone)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        setTried(true)
        if (problem === undefined) create.mutate()
      }}
    >
      <Stack gap="sm" pt={4}>
        <Text size="sm" c="dimmed">
          Alerts with these labels fire and are shown all the same; nobody is told of them.
        </Text>
        <MatcherFields matchers={matchers} onChange={setMatchers} />
        <Meant alerts={alerts.filter(({ labels }) => isMeant(matchers, labels))} />
        <DurationField duration={duration} onChange={setDuration} />
        <TextInput
          label="Why"
          placeholder="Index is being rebuilt, ticket 123"
          maxLength={512}
          data-autofocus
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
        <TextInput
          label="Who"
          placeholder="Your name"
          maxLength={512}
          value={author}
          onChange={(event) => setAuthor(event.currentTarget.value)}
        />
        {isTried && problem !== undefined && (
          <Text size="sm" c="var(--rm-bad)" role="alert">
            {problem}
          </Text>
        )}
        {create.error !== null && <Refused error={create.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending}>
            Silence
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

interface Draft {
  matchers: readonly Matcher[]
  duration: Duration
  author: string
  comment: string
}

function useCreateSilence({ matchers, duration, author, comment }: Draft, onDone: () => void) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () =>
      dataOf(
        api.POST('/api/v1/silences', {
          body: {
            matchers: matchers.map(({ name, value, isEqual }) => ({ name, value, is_equal: isEqual })),
            ends_at: endOf(duration),
            author,
            comment,
          },
        }),
      ),
    onSuccess: async () => {
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['silences'] }),
        queries.invalidateQueries({ queryKey: ['alerts'] }),
      ])
      onDone()
    },
  })
}

function endOf(duration: Duration): number {
  return Date.now() + (DURATIONS.find(({ value }) => value === duration)?.ms ?? 0)
}

interface DurationFieldProps {
  duration: Duration
  onChange: (duration: Duration) => void
}

function DurationField({ duration, onChange }: DurationFieldProps): ReactElement {
  const { zone } = useSharedState()
  return (
    <div>
      <Text size="xs" fw={500} mb={4} id="silence-duration">
        For
      </Text>
      <SegmentedControl
        size="xs"
        aria-labelledby="silence-duration"
        data={DURATIONS.map(({ value, label }) => ({ value, label }))}
        value={duration}
        onChange={(next) => onChange(DURATIONS.find(({ value }) => value === next)?.value ?? duration)}
      />
      <Text size="xs" c="dimmed" mt={4}>
        {`Until ${formatMoment(endOf(duration), zone)} ${zoneName(zone)}`}
      </Text>
    </div>
  )
}

function Meant({ alerts }: { alerts: readonly Alert[] }): ReactElement {
  const active = alerts.filter(({ state }) => state !== 'resolved')
  const names = active.slice(0, NAMES_SHOWN).map(({ name }) => name)
  const others = active.length - names.length
  return (
    <Text size="xs" c="dimmed" role="status">
      {active.length === 0
        ? 'No alert that is active now has these labels.'
        : `Active now: ${names.join(', ')}${others > 0 ? ` and ${others} more` : ''}`}
    </Text>
  )
}

function Refused({ error }: { error: unknown }): ReactElement {
  const { title, hint } = describeError(error)
  return (
    <Notice color="red" variant="light" title={title} role="alert">
      {hint}
    </Notice>
  )
}
