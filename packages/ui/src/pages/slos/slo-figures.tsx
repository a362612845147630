/** How many objectives are in trouble. */
import { SimpleGrid } from '@mantine/core'
import type { ReactElement } from 'react'
import { Figure } from '../../components/figure.tsx'
import { rateOf } from './pace.ts'
import type { Slo } from './slo-queries.ts'

export function SloFigures({ slos }: { slos: readonly Slo[] | undefined }): ReactElement {
  const isPending = slos === undefined
  const overspent = slos?.filter(({ error_budget_remaining: left }) => left <= 0) ?? []
  const burning = slos?.filter((slo) => (rateOf(slo, 60) ?? 0) > 1) ?? []
  const worst = slos?.[0]
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm">
      <Figure
        title="Objectives"
        value={slos?.length}
        unit="count"
        detail="one for each service that has events"
        help="Objectives with events in their window, for each service."
        isPending={isPending}
      />
      <Figure
        title="Overspent"
        value={isPending ? undefined : overspent.length}
        unit="count"
        alarm={overspent.length > 0 ? 'more has failed than may fail' : undefined}
        detail="more has failed than may fail"
        help="Objectives whose error budget is used up."
        isPending={isPending}
      />
      <Figure
        title="Being spent too fast"
        value={isPending ? undefined : burning.length}
        unit="count"
        detail="in the last hour"
        help="Objectives whose error budget was spent faster in the last hour than it comes back."
        isPending={isPending}
      />
      <Figure
        title="Least budget left"
        value={worst === undefined ? undefined : worst.error_budget_remaining}
        unit="ratio"
        alarm={worst !== undefined && worst.error_budget_remaining <= 0 ? 'overspent' : undefined}
        detail={worst === undefined ? undefined : `${worst.name} of ${worst.service.slice(0, 60)}`}
        help="Of all error budgets the one of which the least is left. Below zero it is overspent."
        isPending={isPending}
      />
    </SimpleGrid>
  )
}
