/** Calls of models: what they took, used and cost, and where the price comes from. */
import { Badge, Group, Text, Tooltip } from '@mantine/core'
import type { ReactElement } from 'react'
import { formatValue, UNKNOWN } from '../../../lib/format.ts'
import { StatusMark } from '../list/status-mark.tsx'
import type { Trace } from '../trace-types.ts'
import { exactUsd } from './cost.ts'
import classes from './detail.module.css'

type Generation = NonNullable<Trace['generations']>[number]

const SOURCES: Readonly<Record<string, string>> = {
  given: 'The application stated the cost',
  override: 'By a price in the configuration',
  default: 'By the price per token that is set for unknown models',
  'genai-prices': 'By the price list genai-prices',
  unpriced: 'No price is known for this model: the cost is unknown, not 0',
}

export function Generations({
  generations,
  docstoreUsd,
}: {
  generations: readonly Generation[]
  docstoreUsd: number | undefined
}): ReactElement {
  return (
    <>
      {generations.map((generation, index) => (
        <Call key={index} generation={generation} />
      ))}
      {docstoreUsd !== undefined && (
        <Text size="xs" c="dimmed">
          The document store cost {exactUsd(docstoreUsd)} more.
        </Text>
      )}
    </>
  )
}

function Call({ generation }: { generation: Generation }): ReactElement {
  const { provider, model, model_raw, operation, status, cost_usd, cost_source } = generation
  return (
    <article className={classes['call']}>
      <Group justify="space-between" gap={8} wrap="nowrap" align="start">
        <div className={classes['model']}>
          <b>{model ?? 'model not stated'}</b>
          <span>{[provider, operation].filter((part) => part !== undefined).join(' · ')}</span>
          {model_raw !== undefined && model_raw !== model && <span>named {model_raw}</span>}
          {status !== undefined && status !== 'success' && <StatusMark status={status} />}
        </div>
        <Tooltip label={SOURCES[cost_source ?? ''] ?? 'The source of the cost is not stated'}>
          <Group gap={6} wrap="nowrap">
            <b>{exactUsd(cost_usd)}</b>
            <Badge size="xs" variant="light" color={cost_source === 'unpriced' ? 'orange' : 'gray'}>
              {cost_source ?? 'source unknown'}
            </Badge>
          </Group>
        </Tooltip>
      </Group>
      <dl className={classes['figures']}>
        {figuresOf(generation).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </article>
  )
}

function figuresOf(generation: Generation): (readonly [string, string])[] {
  const { latency_ms, time_to_first_token_ms, input_tokens, output_tokens, answer_length } = generation
  const { cache_read_tokens, cache_write_tokens, reasoning_tokens } = generation
  const generatingMs = (latency_ms ?? 0) - (time_to_first_token_ms ?? 0)
  const rate =
    output_tokens === undefined || generatingMs <= 0 ? undefined : output_tokens / (generatingMs / 1000)
  return [
    ['Latency', latency_ms === undefined ? UNKNOWN : formatValue(latency_ms / 1000, 'seconds')],
    ...(time_to_first_token_ms === undefined
      ? []
      : [['First token', formatValue(time_to_first_token_ms / 1000, 'seconds')] as const]),
    ['Tokens in', formatValue(input_tokens, 'tokens')],
    ...whenStated('of these cached', cache_read_tokens),
    ...whenStated('written to cache', cache_write_tokens),
    ['Tokens out', formatValue(output_tokens, 'tokens')],
    ...whenStated('of these reasoning', reasoning_tokens),
    ...(rate === undefined ? [] : [['Speed', `${formatValue(rate, 'documents')} tokens/s`] as const]),
    ...(answer_length === undefined
      ? []
      : [['Answer', `${formatValue(answer_length, 'count')} characters`] as const]),
  ]
}

function whenStated(name: string, value: number | undefined): (readonly [string, string])[] {
  return value === undefined ? [] : [[name, formatValue(value, 'tokens')]]
}
