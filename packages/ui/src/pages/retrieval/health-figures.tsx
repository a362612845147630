/** Six numbers of all retrievals, sampled or not. */
import { SimpleGrid } from '@mantine/core'
import type { ReactElement } from 'react'
import { useSeries } from '../../api/queries.ts'
import { Figure } from '../../components/figure.tsx'
import type { FigureProps } from '../../components/figure.tsx'
import { formatValue } from '../../lib/format.ts'
import type { TimeRange } from '../../lib/time-range.ts'
import { useView } from '../../lib/view.ts'
import { averageOf, emptinessOf } from './health-numbers.ts'
import type { Average, Emptiness } from './health-numbers.ts'
import { METRICS } from './metrics.ts'
import { useRetrievalState } from './retrieval-state.ts'

interface Numbers {
  isPending: boolean
  emptiness: Emptiness
  topScore: Average
  margin: Average
  returned: Average
  used: Average
  displacement: Average
}

type FigureContent = Omit<FigureProps, 'isPending' | 'before'>

export function HealthFigures(): ReactElement {
  const { range, previous, isCompared } = useView()
  const { retriever } = useRetrievalState()
  const now = useNumbers(range, true)
  const before = useNumbers(previous, isCompared)
  const earlier = figuresOf(before, retriever)
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, xl: 6 }} spacing="sm">
      {figuresOf(now, retriever).map((figure, index) => (
        <Figure
          key={figure.title}
          {...figure}
          isPending={now.isPending}
          before={isCompared ? earlier[index]?.value : undefined}
        />
      ))}
    </SimpleGrid>
  )
}

function useNumbers(range: TimeRange, isEnabled: boolean): Numbers {
  const { service } = useView()
  const { retriever } = useRetrievalState()
  const labels = retriever === undefined ? {} : { retriever }
  const outcomes = useSeries(
    range,
    service,
    { metric: METRICS.retrievals, by: ['outcome'], labels },
    isEnabled,
  )
  return {
    isPending: outcomes.isPending,
    emptiness: emptinessOf(outcomes.data),
    topScore: averageOf(useSeries(range, service, { metric: METRICS.topScore, labels }, isEnabled).data),
    margin: averageOf(useSeries(range, service, { metric: METRICS.margin, labels }, isEnabled).data),
    returned: averageOf(useSeries(range, service, { metric: METRICS.returned, labels }, isEnabled).data),
    used: averageOf(useSeries(range, service, { metric: METRICS.used, labels }, isEnabled).data),
    displacement: averageOf(useSeries(range, service, { metric: METRICS.displacement }, isEnabled).data),
  }
}

function figuresOf(numbers: Numbers, retriever: string | undefined): FigureContent[] {
  return [...scoreFigures(numbers), ...documentFigures(numbers, retriever)]
}

function scoreFigures({ emptiness, topScore, margin }: Numbers): FigureContent[] {
  const { empty, answered, ratio } = emptiness
  const unscored = answered === 0 ? undefined : 'no scores from 0 to 1 were sent'
  return [
    {
      title: 'Empty retrievals',
      value: ratio,
      unit: 'ratio',
      moreIs: 'bad',
      detail:
        answered === 0
          ? undefined
          : `${formatValue(empty, 'count')} of ${formatValue(answered, 'count')} retrievals`,
      help: 'Retrievals that found no document at all, of those that did not fail. Exact over all requests.',
    },
    {
      title: 'Best score',
      value: topScore.value,
      unit: 'score',
      moreIs: 'good',
      detail: topScore.count === 0 ? unscored : `average of ${formatValue(topScore.count, 'count')}`,
      help: 'Score of the best document of a retrieval (top 1), on average. Scores outside of 0 to 1 have no scale and are left out.',
    },
    {
      title: 'Score margin',
      value: margin.value,
      unit: 'score',
      moreIs: 'good',
      detail: margin.count === 0 ? unscored : 'best minus last returned',
      help: 'Score of the best document minus that of the last one returned (top 1 minus top k), on average. Near 0 the retriever cannot tell them apart.',
    },
  ]
}

function documentFigures(
  { emptiness, returned, used, displacement }: Numbers,
  retriever: string | undefined,
): FigureContent[] {
  // Of the same retrievals only: what those returned that do not state it is no part of the whole.
  const isOfAll = used.count === returned.count - emptiness.empty
  const share =
    !isOfAll || used.value === null || returned.value === null
      ? `of ${formatValue(used.count, 'count')} retrievals that state it`
      : `${formatValue((used.value * used.count) / (returned.value * returned.count), 'ratio')} of those returned`
  return [
    {
      title: 'Returned',
      value: returned.value,
      unit: 'documents',
      detail: returned.count === 0 ? undefined : 'documents a retrieval',
      help: 'Documents that a retrieval returned, on average; empty ones count as 0.',
    },
    {
      title: 'In the prompt',
      value: used.value,
      unit: 'documents',
      detail:
        used.count > 0
          ? share
          : emptiness.answered === 0
            ? undefined
            : 'not stated: recordUsed of the SDK does',
      help: `Documents that went into the prompt, on average of the ${formatValue(used.count, 'count')} retrievals that state it.`,
    },
    {
      title: 'Displacement',
      value: displacement.value,
      unit: 'ranks',
      detail:
        displacement.count > 0
          ? `ranks, of ${formatValue(displacement.count, 'count')} reranks${retriever === undefined ? '' : ', all retrievers'}`
          : emptiness.answered === 0
            ? undefined
            : 'no rerank was measured',
      help: 'By how many ranks the reranker moved the documents it kept, on average. Near 0 it changes nothing; a lot of it says that the retriever ranks badly.',
    },
  ]
}
