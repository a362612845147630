/** One trace beside the list, or over it on a telephone. */
import { ActionIcon, Box, CopyButton, Group, Skeleton, Stack, Tabs, Text, Tooltip } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconCheck, IconChevronDown, IconChevronUp, IconCopy, IconLink, IconX } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import type { CSSProperties, ReactElement } from 'react'
import { ApiError } from '../../../api/api-error.ts'
import { ErrorState } from '../../../components/error-state.tsx'
import { useTitlePart } from '../../../lib/document-title.tsx'
import { formatValue } from '../../../lib/format.ts'
import type { Zone } from '../../../lib/format-time.ts'
import { usePageState, useSearchText } from '../../../lib/url-state.ts'
import { StatusMark } from '../list/status-mark.tsx'
import { formatWhole } from '../list/trace-time.ts'
import { useTrace } from '../trace-queries.ts'
import type { Trace } from '../trace-types.ts'
import type { TraceKeys } from '../use-trace-keys.ts'
import { costOf } from './cost.ts'
import { DetailSummary } from './detail-summary.tsx'
import { Facts } from './facts.tsx'
import classes from './detail.module.css'
import { MissingTrace } from './missing-trace.tsx'
import { RawJson } from './raw-json.tsx'
import { PanelHandle, usePanelWidth } from './panel-width.tsx'
import { SimilarMenu } from './similar-menu.tsx'
import { useOwnAddress } from './use-own-address.ts'

const TABS = ['summary', 'fields', 'json'] as const

export interface DetailPanelProps {
  id: string
  zone: Zone
  keys: TraceKeys
  /** The filter of the list. */
  text: string
  onFilter: (text: string) => void
  onClose: () => void
}

export function DetailPanel(props: DetailPanelProps): ReactElement {
  const { id, zone, keys, onClose } = props
  const { at } = useSearchText() as { at?: string }
  const isNarrow = useMediaQuery('(max-width: 62em)') ?? false
  const { width, setWidth } = usePanelWidth()
  const { data, error, refetch } = useTrace(id, at)
  useOwnAddress(id, data)
  useTitlePart(data?.id ?? id)
  const heading = useRef<HTMLHeadingElement>(null)
  // Where it covers the list, the keyboard and the screen reader follow.
  useEffect(() => {
    if (isNarrow) heading.current?.focus()
  }, [isNarrow])
  return (
    <>
      {!isNarrow && <PanelHandle width={width} onChange={setWidth} />}
      <section
        className={classes['panel']}
        data-narrow={isNarrow || undefined}
        style={{ '--panel-width': `${width}px` } as CSSProperties}
        aria-label="Trace"
      >
        <header className={classes['header']}>
          <Group justify="space-between" wrap="nowrap" gap={8}>
            <h2 className={classes['title']} tabIndex={-1} ref={heading}>
              {data === undefined ? 'Trace' : (data.operation ?? data.service)}
            </h2>
            <Group gap={2} wrap="nowrap">
              {data !== undefined && <SimilarMenu trace={data} {...props} />}
              <Step label="Previous (k)" icon={<IconChevronUp size={18} />} onClick={keys.previous} />
              <Step label="Next (j)" icon={<IconChevronDown size={18} />} onClick={keys.next} />
              <CopyIcon
                value={window.location.href}
                label="Copy the address of this trace"
                icon={<IconLink size={16} />}
              />
              <CopyIcon
                value={data?.id ?? id}
                label="Copy the id of this trace"
                icon={<IconCopy size={16} />}
              />
              <Tooltip label="Close (Esc)">
                <ActionIcon aria-label="Close the trace" onClick={onClose}>
                  <IconX size={18} />
                </ActionIcon>
              </Tooltip>
            </Group>
          </Group>
          {data !== undefined && <Headline trace={data} zone={zone} />}
        </header>
        {error !== null && data === undefined ? (
          <div className={classes['body']}>
            {error instanceof ApiError && error.code === 'trace_not_found' ? (
              <MissingTrace id={id} at={at} zone={zone} onRetry={() => void refetch()} />
            ) : (
              <ErrorState error={error} onRetry={() => void refetch()} />
            )}
          </div>
        ) : data === undefined ? (
          <PanelSkeleton />
        ) : (
          <Body trace={data} {...props} />
        )}
      </section>
    </>
  )
}

function Body({ trace, ...props }: DetailPanelProps & { trace: Trace }): ReactElement {
  const [tab, setTab] = usePageState('tab', TABS, 'summary')
  return (
    <Tabs
      value={tab}
      onChange={(value) => setTab(TABS.find((name) => name === value) ?? 'summary')}
      className={classes['tabs'] ?? ''}
      keepMounted={false}
    >
      <Tabs.List>
        <Tabs.Tab value="summary">Summary</Tabs.Tab>
        <Tabs.Tab value="fields">Fields</Tabs.Tab>
        <Tabs.Tab value="json">JSON</Tabs.Tab>
      </Tabs.List>
      <Box className={classes['body'] ?? ''} tabIndex={0} role="region" aria-label="Details of the trace">
        <Tabs.Panel value="summary">
          <DetailSummary trace={trace} zone={props.zone} />
        </Tabs.Panel>
        <Tabs.Panel value="fields">
          <Facts trace={trace} {...props} />
        </Tabs.Panel>
        <Tabs.Panel value="json">
          <RawJson trace={trace} />
        </Tabs.Panel>
      </Box>
    </Tabs>
  )
}

function Headline({ trace, zone }: { trace: Trace; zone: Zone }): ReactElement {
  const cost = costOf(trace)
  return (
    <Stack gap={4}>
      <div className={classes['headline']}>
        <StatusMark status={trace.status} />
        <b>{formatValue(trace.total_latency_ms / 1000, 'seconds')}</b>
        <span title={cost.note}>{cost.text}</span>
        <span>{trace.service}</span>
        {trace.org !== undefined && <span>{trace.org}</span>}
        <span className={classes['quiet']}>{formatWhole(trace.timestamp, zone)}</span>
      </div>
      {(trace.error_type !== undefined || trace.error_message !== undefined) && (
        <div className={classes['error']}>
          <Text size="sm" fw={600} component="span">
            {[trace.error_type, trace.exception].filter((part) => part !== undefined).join(' · ')}
          </Text>
          {trace.error_message !== undefined && <p>{trace.error_message}</p>}
        </div>
      )}
    </Stack>
  )
}

interface StepProps {
  label: string
  icon: ReactElement
  onClick: (() => void) | undefined
}

function Step({ label, icon, onClick }: StepProps): ReactElement {
  return (
    <Tooltip label={label}>
      <ActionIcon
        className={classes['step'] ?? ''}
        aria-label={label}
        disabled={onClick === undefined}
        {...(onClick === undefined ? {} : { onClick })}
      >
        {icon}
      </ActionIcon>
    </Tooltip>
  )
}

function CopyIcon({
  value,
  label,
  icon,
}: {
  value: string
  label: string
  icon: ReactElement
}): ReactElement {
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : label}>
          <ActionIcon aria-label={label} onClick={copy}>
            {copied ? <IconCheck size={16} /> : icon}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  )
}

function PanelSkeleton(): ReactElement {
  return (
    <Stack className={classes['body'] ?? ''} aria-busy aria-label="Loading the trace">
      {Array.from({ length: 9 }, (_, index) => (
        <Skeleton key={index} height={18} width={`${90 - ((index * 23) % 50)}%`} />
      ))}
    </Stack>
  )
}
