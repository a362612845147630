/** What happened in a request, from top to bottom. */
import { Stack } from '@mantine/core'
import type { ReactElement, ReactNode } from 'react'
import type { Zone } from '../../../lib/format-time.ts'
import type { Trace } from '../trace-types.ts'
import { FeedbackSection } from './feedback-section.tsx'
import { FunnelView } from './funnel-view.tsx'
import { funnelOf } from './funnel.ts'
import { Generations } from './generations.tsx'
import { CacheList, QualityList } from './quality-list.tsx'
import classes from './detail.module.css'
import { WaterfallView } from './waterfall-view.tsx'
import { waterfallOf } from './waterfall.ts'

export function DetailSummary({ trace, zone }: { trace: Trace; zone: Zone }): ReactElement {
  const funnel = funnelOf(trace)
  const generations = trace.generations ?? []
  const hasQuality = (trace.quality?.length ?? 0) + trace.scores.length > 0
  return (
    <Stack gap={22}>
      <Section title="Stages">
        <WaterfallView waterfall={waterfallOf(trace)} />
      </Section>
      {funnel !== undefined && (
        <Section title="Retrieval">
          <FunnelView funnel={funnel} rerank={trace.rerank} />
        </Section>
      )}
      {generations.length > 0 && (
        <Section title="Model calls">
          <Generations generations={generations} docstoreUsd={trace.docstore_cost_usd} />
        </Section>
      )}
      {hasQuality && (
        <Section title="Quality">
          <QualityList trace={trace} />
        </Section>
      )}
      {trace.cache !== undefined && trace.cache.length > 0 && (
        <Section title="Cache">
          <CacheList cache={trace.cache} />
        </Section>
      )}
      <Section title="Feedback">
        <FeedbackSection trace={trace} zone={zone} />
      </Section>
    </Stack>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }): ReactElement {
  return (
    <section aria-label={title}>
      <h3 className={classes['section']}>{title}</h3>
      {children}
    </section>
  )
}
