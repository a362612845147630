/** Other requests like this one. */
import { Button, Menu } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import type { ReactElement } from 'react'
import { withTerm } from '../query/edit.ts'
import type { Trace } from '../trace-types.ts'

interface Similar {
  label: string
  filter: string
}

function filterOf(...terms: readonly (readonly [string, string])[]): string {
  return terms.reduce((text, [field, value]) => withTerm(text, field, value), '')
}

/** What of a trace others can share. */
function similarTo(
  trace: Pick<
    Trace,
    'query_hash' | 'operation' | 'error_type' | 'status' | 'session_id' | 'trace_id' | 'org' | 'service'
  >,
): Similar[] {
  const { query_hash, operation, error_type, status, session_id, trace_id, org } = trace
  const within =
    operation === undefined ? (['service', trace.service] as const) : (['operation', operation] as const)
  const found: (Similar | undefined)[] = [
    query_hash === undefined
      ? undefined
      : { label: 'The same question', filter: filterOf(['query_hash', query_hash]) },
    error_type === undefined
      ? undefined
      : { label: 'The same operation and error', filter: filterOf(within, ['error', error_type]) },
    { label: 'The same operation and status', filter: filterOf(within, ['status', status]) },
    org === undefined ? undefined : { label: 'The same organisation', filter: filterOf(['org', org]) },
    session_id === undefined
      ? undefined
      : { label: 'The same session', filter: filterOf(['session', session_id]) },
    trace_id === undefined
      ? undefined
      : { label: 'The same W3C trace', filter: filterOf(['trace', trace_id]) },
  ]
  return found.filter((similar) => similar !== undefined)
}

interface SimilarMenuProps {
  trace: Trace
  onFilter: (text: string) => void
}

export function SimilarMenu({ trace, onFilter }: SimilarMenuProps): ReactElement {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="subtle" color="gray" size="compact-xs" rightSection={<IconChevronDown size={12} />}>
          Find similar
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {similarTo(trace).map(({ label, filter }) => (
          <Menu.Item key={label} onClick={() => onFilter(filter)} title={filter}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
