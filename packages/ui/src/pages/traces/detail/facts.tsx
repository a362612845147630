/** Every field of a trace; where it can be filtered by, its value is a button that does. */
import { ActionIcon, CopyButton, Tooltip, UnstyledButton } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import type { ReactElement } from 'react'
import { METADATA_PREFIX } from '../query/fields.ts'
import { withTerm } from '../query/edit.ts'
import type { Trace } from '../trace-types.ts'
import classes from './detail.module.css'

interface Fact {
  name: string
  value: string
  /** Of the filter; undefined where it cannot be asked for. */
  field: string | undefined
}

const NAMES = [
  ['id', 'Id', undefined],
  ['trace_id', 'W3C trace id', 'trace'],
  ['parent_span_id', 'Parent span', undefined],
  ['request_id', 'Request id', 'request'],
  ['service', 'Service', 'service'],
  ['environment', 'Environment', 'environment'],
  ['release', 'Release', 'release'],
  ['instance', 'Instance', undefined],
  ['operation', 'Operation', 'operation'],
  ['endpoint', 'Endpoint', 'endpoint'],
  ['intent', 'Intent', 'intent'],
  ['org', 'Org', 'org'],
  // The daemon keeps a pseudonym, which cannot be asked for as a user.
  ['user_id', 'User (pseudonym)', undefined],
  ['session_id', 'Session', 'session'],
  ['query_hash', 'Query hash', 'query_hash'],
  ['query_length', 'Query length', undefined],
  ['status', 'Status', 'status'],
  ['error_type', 'Error type', 'error'],
  ['exception', 'Exception', undefined],
  ['error_message', 'Error message', undefined],
] as const satisfies readonly (readonly [keyof Trace, string, string | undefined])[]

function factsOf(trace: Trace): Fact[] {
  const named = NAMES.flatMap(([key, name, field]): Fact[] => {
    const value = trace[key]
    return value === undefined ? [] : [{ name, value: String(value), field }]
  })
  const { kept } = trace
  if (kept === undefined) return named
  return [
    ...named,
    { name: 'Kept for', value: kept.reason, field: 'kept' },
    { name: 'Probability of being kept', value: String(kept.probability), field: undefined },
  ]
}

interface FactsProps {
  trace: Trace
  text: string
  onFilter: (text: string) => void
}

export function Facts({ trace, ...props }: FactsProps): ReactElement {
  const metadata = Object.entries(trace.metadata ?? {}).map(([key, value]): Fact => ({
    name: key,
    value: String(value),
    // A key with such characters cannot be written in a filter; a null cannot be asked for.
    field: value === null || /[\s":<>=]/.test(key) ? undefined : METADATA_PREFIX + key,
  }))
  return (
    <>
      <FactList facts={factsOf(trace)} {...props} />
      {metadata.length > 0 && (
        <section aria-label="Metadata">
          <h3 className={classes['section']}>Metadata</h3>
          <FactList facts={metadata} {...props} />
        </section>
      )}
    </>
  )
}

function FactList({
  facts,
  text,
  onFilter,
}: Omit<FactsProps, 'trace'> & { facts: readonly Fact[] }): ReactElement {
  return (
    <dl className={classes['facts']}>
      {facts.map(({ name, value, field }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {field === undefined ? (
              <span>{value}</span>
            ) : (
              <Tooltip label="Filter by it">
                <UnstyledButton
                  className={classes['filterable'] ?? ''}
                  onClick={() => onFilter(withTerm(text, field, value))}
                >
                  {value}
                </UnstyledButton>
              </Tooltip>
            )}
            <Copy value={value} name={name} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Copy({ value, name }: { value: string; name: string }): ReactElement {
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <ActionIcon
          size={24}
          aria-label={copied ? 'Copied' : `Copy ${name}`}
          onClick={copy}
          className={classes['copy'] ?? ''}
        >
          {copied ? <IconCheck size={12} /> : <IconCopy size={12} />}
        </ActionIcon>
      )}
    </CopyButton>
  )
}
