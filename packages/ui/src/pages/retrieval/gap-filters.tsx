/** Which signs count, and which score is low. */
import { Group, NumberInput, Select } from '@mantine/core'
import type { ReactElement } from 'react'
import { useSetSearch } from '../../lib/url-state.ts'
import { REASON_NAMES, REASONS, writeLow } from './retrieval-state.ts'
import type { LowScore, RetrievalState } from './retrieval-state.ts'

const ALL = ''
const QUANTILES = [0.05, 0.1, 0.25]
const FIXED = 'fixed'
const FIXED_DEFAULT = 0.5

export function GapFilters({ state: { reason, low } }: { state: RetrievalState }): ReactElement {
  const setSearch = useSetSearch()
  const setLow = (next: LowScore) => setSearch({ low: writeLow(next) })
  return (
    <Group gap="sm" align="end">
      <Select
        label="Reason"
        w={140}
        allowDeselect={false}
        data={[
          { value: ALL, label: 'Any' },
          ...REASONS.map((value) => ({ value, label: REASON_NAMES[value] })),
        ]}
        value={reason ?? ALL}
        onChange={(value) => setSearch({ reason: value === null || value === ALL ? undefined : value })}
      />
      <Select
        label="A score is low"
        w={180}
        allowDeselect={false}
        data={[
          ...quantilesWith(low).map((quantile) => ({
            value: String(quantile),
            label: `in the lowest ${percentOf(quantile)}`,
          })),
          { value: FIXED, label: 'below a score' },
        ]}
        value={'below' in low ? FIXED : String(low.quantile)}
        onChange={(value) =>
          setLow(value === null || value === FIXED ? { below: FIXED_DEFAULT } : { quantile: Number(value) })
        }
      />
      {'below' in low && (
        <NumberInput
          label="Below"
          size="xs"
          w={90}
          step={0.05}
          value={low.below}
          onChange={(value) => {
            if (typeof value === 'number') setLow({ below: value })
          }}
        />
      )}
    </Group>
  )
}

/** What the URL says is on the list. */
function quantilesWith(low: LowScore): number[] {
  const given = 'quantile' in low ? [low.quantile] : []
  return [...new Set([...QUANTILES, ...given])].toSorted((left, right) => left - right)
}

function percentOf(quantile: number): string {
  return `${Number((quantile * 100).toPrecision(6))}%`
}
