/** Numbers of retrieval from answers about its metrics. Pure. */
import type { Answer, Line, Point, Value } from '../../lib/series.ts'
import { NOT_STATED, ratios, stepsOf, totalOf } from '../../lib/series.ts'

/** Average over all observations of an answer about a histogram, and how many they are. */
export interface Average {
  value: Value
  count: number
}

export function averageOf(answer: Pick<Answer, 'series'> | undefined): Average {
  const points = answer?.series.flatMap((series) => series.points) ?? []
  const count = points.reduce((total, point) => total + (point.count ?? 0), 0)
  const sum = points.reduce((total, point) => total + (point.sum ?? 0), 0)
  return { value: count === 0 ? null : sum / count, count }
}

/** Of retrievals by outcome: those that failed found neither something nor nothing. */
export interface Emptiness {
  empty: number
  answered: number
  ratio: Value
}

export function emptinessOf(answer: Pick<Answer, 'series'> | undefined): Emptiness {
  const of = (outcome: string) =>
    answer?.series
      .filter(({ labels }) => labels['outcome'] === outcome)
      .reduce((total, { points }) => total + sumOf(points), 0) ?? 0
  const empty = of('empty')
  const answered = empty + of('found')
  return { empty, answered, ratio: answered === 0 ? null : empty / answered }
}

/** Share of empty retrievals by retriever over time. */
export function emptyLines(answer: Answer): Line[] {
  const names = [...new Set(answer.series.map(({ labels }) => labels['retriever'] ?? ''))]
  return names.map((retriever) => {
    const of = (outcome: string) => {
      const found = answer.series.find(
        ({ labels }) => (labels['retriever'] ?? '') === retriever && labels['outcome'] === outcome,
      )
      const points = new Map(found?.points.map(({ at, value }) => [at, value ?? null]))
      return stepsOf(answer).map((at) => points.get(at) ?? null)
    }
    const [empty, found] = [of('empty'), of('found')]
    const answered = empty.map((value, index) =>
      value === null && found[index] === null ? null : (value ?? 0) + (found[index] ?? 0),
    )
    return { name: retriever === '' ? NOT_STATED : retriever, values: ratios(empty, answered) }
  })
}

/** Documents returned by the retrievals that found any, on average, step by step: only those can put some into a prompt. */
export function returnedWhereFound(returned: Answer | undefined, outcomes: Answer | undefined): Value[] {
  const found = outcomes?.series.find(({ labels }) => labels['outcome'] === 'found')
  const counts = new Map(found?.points.map(({ at, value }) => [at, value ?? 0]))
  return totalOf(returned, ({ at, sum }) => {
    const count = counts.get(at) ?? 0
    return sum === undefined || count === 0 ? undefined : sum / count
  })
}

export interface RetrieverRow {
  retriever: string
  retrievals: number
  failed: number
  empty: Value
  topScore: Value
  margin: Value
  returned: Value
  used: Value
}

export interface RetrieverAnswers {
  outcomes: Pick<Answer, 'series'> | undefined
  topScore: Pick<Answer, 'series'> | undefined
  margin: Pick<Answer, 'series'> | undefined
  returned: Pick<Answer, 'series'> | undefined
  used: Pick<Answer, 'series'> | undefined
}

/** The busiest first. */
export function retrieverRows({
  outcomes,
  topScore,
  margin,
  returned,
  used,
}: RetrieverAnswers): RetrieverRow[] {
  const names = new Set(outcomes?.series.map(({ labels }) => labels['retriever'] ?? ''))
  return Array.from(names, (retriever) => {
    const mine = ofRetriever(outcomes, retriever)
    const failed = mine.series
      .filter(({ labels }) => labels['outcome'] === 'error')
      .reduce((total, { points }) => total + sumOf(points), 0)
    const { answered, ratio } = emptinessOf(mine)
    return {
      retriever,
      retrievals: answered + failed,
      failed,
      empty: ratio,
      topScore: averageOf(ofRetriever(topScore, retriever)).value,
      margin: averageOf(ofRetriever(margin, retriever)).value,
      returned: averageOf(ofRetriever(returned, retriever)).value,
      used: averageOf(ofRetriever(used, retriever)).value,
    }
  }).sort((left, right) => right.retrievals - left.retrievals)
}

function ofRetriever(answer: Pick<Answer, 'series'> | undefined, retriever: string): Pick<Answer, 'series'> {
  return { series: answer?.series.filter(({ labels }) => (labels['retriever'] ?? '') === retriever) ?? [] }
}

function sumOf(points: readonly Point[]): number {
  return points.reduce((total, { value = 0 }) => total + value, 0)
}
