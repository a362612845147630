/** What the matching traces have in common: values with counts, each to be asked for or left out by a click. */
import { ActionIcon, Skeleton, Text, Tooltip, UnstyledButton } from '@mantine/core'
import { IconMinus, IconX } from '@tabler/icons-react'
import type { ReactElement } from 'react'
import { ErrorState } from '../../../components/error-state.tsx'
import type { Zone } from '../../../lib/format-time.ts'
import { formatWhole } from '../list/trace-time.ts'
import {
  exclusionsOf,
  valueOf,
  withExclusion,
  withoutExclusion,
  withoutField,
  withTerm,
} from '../query/edit.ts'
import { fieldOfParameter } from '../query/fields.ts'
import { useFacets } from '../trace-queries.ts'
import type { Facet, Facets, TraceParameters } from '../trace-types.ts'
import classes from './facet-panel.module.css'

const TITLES: Readonly<Record<Facet['field'], string>> = {
  status: 'Status',
  error_type: 'Error',
  service: 'Service',
  environment: 'Environment',
  release: 'Release',
  operation: 'Operation',
  endpoint: 'Endpoint',
  intent: 'Intent',
  org: 'Org',
  provider: 'Provider',
  model: 'Model',
  kept_reason: 'Kept for',
}

export interface FacetPanelProps {
  facets: Facets | undefined
  /** Whether the filter can be read, so that there is something to count. */
  isEnabled: boolean
  error: unknown
  retry: () => void
  text: string
  parameters: TraceParameters
  zone: Zone
  onChange: (text: string) => void
}

export function FacetPanel(props: FacetPanelProps): ReactElement {
  const { facets, isEnabled, error, retry, zone } = props
  if (error !== null && facets === undefined) return <ErrorState error={error} onRetry={retry} />
  if (facets === undefined && !isEnabled)
    return (
      <Text size="xs" c="dimmed">
        Nothing is counted until the filter can be read.
      </Text>
    )
  if (facets === undefined) return <Skeletons />
  const shown = facets.facets.filter(
    ({ field, values }) => values.length > 0 || isInFilter(props.text, nameOf(field)),
  )
  return (
    <div className={classes['panel']}>
      <Text size="xs" c="dimmed">
        {countText(facets, zone)}
      </Text>
      {shown.map((facet) => (
        <FacetSection key={facet.field} facet={facet} {...props} />
      ))}
    </div>
  )
}

function countText({ counted, complete, since }: Facets, zone: Zone): string {
  const traces = `${counted.toLocaleString('en')} ${counted === 1 ? 'trace' : 'traces'}`
  return complete
    ? `${traces} match`
    : `Of the newest ${traces} that match, since ${formatWhole(since, zone)}`
}

function isInFilter(text: string, name: string): boolean {
  return valueOf(text, name) !== undefined || exclusionsOf(text, name).length > 0
}

function nameOf(field: Facet['field']): string {
  return fieldOfParameter(field)?.name ?? field
}

function FacetSection({ facet, ...props }: FacetPanelProps & { facet: Facet }): ReactElement {
  const name = nameOf(facet.field)
  const chosen = valueOf(props.text, name)
  return (
    <section className={classes['facet']} aria-label={TITLES[facet.field]}>
      <h3 className={classes['title']}>{TITLES[facet.field]}</h3>
      {chosen === undefined ? (
        <Values facet={facet} chosen={undefined} name={name} {...props} />
      ) : (
        <Alternatives field={facet.field} chosen={chosen} name={name} {...props} />
      )}
    </section>
  )
}

type ValuesProps = FacetPanelProps & { facet: Facet; name: string; chosen: string | undefined }

/** With a value chosen, the others are counted as if it was not: so one sees what to change to. */
function Alternatives({
  field,
  ...props
}: Omit<ValuesProps, 'facet'> & { field: Facet['field'] }): ReactElement | null {
  const { [field]: _, ...parameters } = props.parameters
  const { data } = useFacets(parameters, [field], true)
  const found = data?.facets.find((facet) => facet.field === field)
  const facet = found ?? { field, values: [], others: { values: 0, count: 0 }, missing: 0 }
  return <Values facet={facet} {...props} />
}

function Values({ facet, name, chosen, text, onChange }: ValuesProps): ReactElement {
  const { values: counted, others, missing } = facet
  // An empty value in the filter asks for what is not stated.
  const values = missing === 0 ? counted : [...counted, { value: NOT_STATED, count: missing }]
  const isListed = chosen === undefined || values.some(({ value }) => value === chosen)
  const rows = isListed ? values : [{ value: chosen, count: undefined }, ...values]
  const most = Math.max(1, ...counted.map(({ count }) => count))
  return (
    <ul className={classes['values']}>
      {rows.map(({ value, count }) => {
        const isChosen = value === chosen
        return (
          <li key={value} className={classes['item']}>
            <UnstyledButton
              className={classes['value'] ?? ''}
              data-chosen={isChosen || undefined}
              aria-pressed={isChosen}
              title={nameOfValue(value)}
              onClick={() => onChange(isChosen ? withoutField(text, name) : withTerm(text, name, value))}
            >
              {value !== NOT_STATED && (
                <span className={classes['share']} style={{ transform: `scaleX(${(count ?? 0) / most})` }} />
              )}
              <span className={classes['name']} data-unstated={value === NOT_STATED || undefined}>
                {nameOfValue(value)}
              </span>
              {isChosen && <IconX size={12} aria-label="remove" />}
              <span className={classes['count']}>{count?.toLocaleString('en') ?? ''}</span>
            </UnstyledButton>
            {!isChosen && (
              <Tooltip label="Leave it out">
                <ActionIcon
                  size={24}
                  className={classes['exclude'] ?? ''}
                  aria-label={`Leave out ${nameOfValue(value)}`}
                  onClick={() => onChange(withExclusion(text, name, value))}
                >
                  <IconMinus size={14} />
                </ActionIcon>
              </Tooltip>
            )}
          </li>
        )
      })}
      {exclusionsOf(text, name).map((value) => (
        <li key={`not ${value}`}>
          <UnstyledButton
            className={classes['value'] ?? ''}
            aria-pressed
            title={`Without ${nameOfValue(value)}`}
            onClick={() => onChange(withoutExclusion(text, name, value))}
          >
            <span className={classes['name']} data-excluded>
              {nameOfValue(value)}
            </span>
            <IconX size={12} aria-label="no longer leave it out" />
          </UnstyledButton>
        </li>
      ))}
      {others.values > 0 && (
        <Rest
          label={`${others.values.toLocaleString('en')} others`}
          count={others.count}
          help="Write the value into the filter"
        />
      )}
    </ul>
  )
}

const NOT_STATED = ''

function nameOfValue(value: string): string {
  return value === NOT_STATED ? 'not stated' : value
}

function Rest({ label, count, help }: { label: string; count: number; help: string }): ReactElement {
  return (
    <Tooltip label={help}>
      <li className={classes['rest']}>
        <span>{label}</span>
        <span className={classes['count']}>{count.toLocaleString('en')}</span>
      </li>
    </Tooltip>
  )
}

function Skeletons(): ReactElement {
  return (
    <div className={classes['panel']} aria-busy aria-label="Counting">
      {Array.from({ length: 14 }, (_, index) => (
        <Skeleton key={index} height={14} width={`${60 + ((index * 17) % 40)}%`} radius="sm" />
      ))}
    </div>
  )
}
