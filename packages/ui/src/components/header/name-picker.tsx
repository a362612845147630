/** One service, or one environment, or all of them. */
import { Select } from '@mantine/core'
import type { ReactElement } from 'react'
import { useNames } from '../../api/queries.ts'
import { useClock } from '../../lib/clock.tsx'
import { useSetSearch, useSharedState } from '../../lib/url-state.ts'

const ALL = ''

export function NamePicker({ kind }: { kind: 'service' | 'environment' }): ReactElement {
  const shared = useSharedState()
  const { now } = useClock()
  const setSearch = useSetSearch()
  const names = useNames(kind, now)
  const chosen = shared[kind]
  // What the URL names stays on the list, also when nothing was heard from it for long.
  const known = chosen === undefined || names.includes(chosen) ? names : [chosen, ...names]
  return (
    <Select
      aria-label={kind === 'service' ? 'Service' : 'Environment'}
      data-filter
      data={[
        { value: ALL, label: `All ${kind}s` },
        ...known.toSorted().map((name) => ({ value: name, label: name })),
      ]}
      value={chosen ?? ALL}
      onChange={(value) =>
        setSearch({
          [kind === 'service' ? 'service' : 'env']: value === null || value === ALL ? undefined : value,
        })
      }
      allowDeselect={false}
      searchable={known.length > 8}
      style={{ flex: '0 1 150px', minWidth: 0 }}
      comboboxProps={{ withinPortal: true }}
    />
  )
}
