/** How much fails, of how much. */
import { SimpleGrid } from '@mantine/core'
import type { ReactElement } from 'react'
import type { SeriesAnswer } from '../../api/queries.ts'
import { Figure } from '../../components/figure.tsx'
import { inWords } from '../../components/series-chart.tsx'
import { totalOfSeries } from './error-rows.ts'
import type { ErrorRow } from './error-rows.ts'

export interface ErrorFiguresProps {
  rows: readonly ErrorRow[] | undefined
  /** By status. */
  requests: SeriesAnswer | undefined
}

export function ErrorFigures({ rows, requests }: ErrorFiguresProps): ReactElement {
  const isPending = rows === undefined || requests === undefined
  const all = requests === undefined || requests.series.length === 0 ? undefined : totalOfSeries(requests)
  const failed =
    all === undefined ? undefined : (countOf(requests, 'error') ?? 0) + (countOf(requests, 'timeout') ?? 0)
  const refused =
    all === undefined
      ? undefined
      : (countOf(requests, 'rejected') ?? 0) + (countOf(requests, 'cancelled') ?? 0)
  const [most] = rows ?? []
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm">
      <Figure
        title="Failed requests"
        value={failed}
        unit="count"
        detail={all === undefined ? undefined : `of ${all.toLocaleString('en')} requests`}
        help="Requests that ended with an error or a timeout. Exact over all requests, sampled or not."
        isPending={isPending}
      />
      <Figure
        title="Error ratio"
        value={all === undefined || all === 0 || failed === undefined ? null : failed / all}
        unit="ratio"
        detail={all === undefined ? undefined : 'failed or timed out, of all'}
        help="Failed requests among all requests of the range."
        isPending={isPending}
      />
      <Figure
        title="Types"
        value={all === undefined ? undefined : rows?.length}
        unit="count"
        detail={most === undefined ? undefined : `most: ${inWords(most.type)}`}
        help="Different types of errors in the range."
        isPending={isPending}
      />
      <Figure
        title="Rejected or cancelled"
        value={refused}
        unit="count"
        detail="not counted as failed"
        help="Requests that the application refused, or that the user gave up."
        isPending={isPending}
      />
    </SimpleGrid>
  )
}

function countOf(requests: SeriesAnswer | undefined, status: string): number | undefined {
  const series = requests?.series.filter(({ labels }) => labels['status'] === status)
  return series === undefined ? undefined : totalOfSeries({ series })
}
