/** What the page of traces shows, as the URL says it. */
import { useMemo } from 'react'
import { DEFAULT_FROM, DEFAULT_TO, readMoment } from '../../lib/time-range.ts'
import { useSearchText, useSharedState } from '../../lib/url-state.ts'
import type { Zone } from '../../lib/format-time.ts'
import { parseFilter } from './query/parse.ts'
import type { Problem } from './query/parse.ts'
import type { TraceParameters } from './trace-types.ts'

export interface TraceSearch {
  /** Text of the filter. */
  text: string
  problems: readonly Problem[]
  /** What the API is asked; the pickers of the header are in it where the filter does not say otherwise. */
  parameters: TraceParameters
  isLive: boolean
  zone: Zone
}

export function useTraceSearch(): TraceSearch {
  const { q: text = '', live } = useSearchText() as { q?: string; live?: string }
  const { from, to, service, environment, zone } = useSharedState()
  const filter = useMemo(() => parseFilter(text), [text])
  const parameters = useMemo(
    () => ({
      ...(service === undefined ? {} : { service }),
      ...(environment === undefined ? {} : { environment }),
      ...filter.parameters,
      from: timeOr(from, DEFAULT_FROM),
      to: timeOr(to, DEFAULT_TO),
    }),
    [environment, filter, from, service, to],
  )
  return { text, problems: filter.problems, parameters, isLive: live === '1', zone }
}

/** What cannot be read shows the range that the header shows for it. */
function timeOr(text: string, fallback: string): string {
  return readMoment(text, 0) === undefined ? fallback : text
}
