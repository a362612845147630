/** What all clients together sent, and what of it did not make it. */
import { SimpleGrid } from '@mantine/core'
import type { ReactElement } from 'react'
import { formatValue } from '../../lib/format.ts'
import { sumClients } from './client-sums.ts'
import type { Client } from './delivery-queries.ts'
import { Reading } from './reading.tsx'

/** The most frequent; the table has all. */
const REASONS_NAMED = 3

export function ClientFigures({ clients }: { clients: readonly Client[] }): ReactElement {
  const { live, unknown, batches, gaps, duplicates, accepted, refused, dropped } = sumClients(clients)
  const droppedCount = dropped.reduce((sum, [, count]) => sum + count, 0)
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="sm">
      <Reading
        title="Clients live"
        value={formatValue(live, 'count')}
        detail={
          unknown === 0
            ? 'none gone without a goodbye'
            : `${formatValue(unknown, 'count')} gone without a goodbye`
        }
      />
      <Reading
        title="Batches stored"
        value={formatValue(batches, 'count')}
        detail={
          duplicates === 0
            ? 'none came twice'
            : `${formatValue(duplicates, 'count')} came again, counted once`
        }
      />
      <Reading
        title="Batches missing"
        value={formatValue(gaps, 'count')}
        tone={gaps > 0 ? 'bad' : undefined}
        detail={gaps > 0 ? 'numbers are too low by these' : 'no gaps'}
      />
      <Reading title="Traces accepted" value={formatValue(accepted, 'count')} detail="by the daemon" />
      <Reading
        title="Refused"
        value={formatValue(refused, 'count')}
        tone={refused > 0 ? 'bad' : undefined}
        detail="traces, measurements, ledger rows"
      />
      <Reading
        title="Dropped by clients"
        value={formatValue(droppedCount, 'count')}
        tone={droppedCount > 0 ? 'warn' : undefined}
        detail={dropped.length === 0 ? 'nothing' : reasonsText(dropped.map(([reason]) => reason))}
      />
    </SimpleGrid>
  )
}

function reasonsText(reasons: readonly string[]): string {
  const named = reasons.slice(0, REASONS_NAMED).map((reason) => reason.replaceAll('_', ' '))
  const others = reasons.length - named.length
  return others === 0 ? named.join(', ') : `${named.join(', ')} and ${others} more`
}
