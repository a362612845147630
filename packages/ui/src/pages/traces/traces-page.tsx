/** Single requests: find them, look into one. */
import { Box, Button, Drawer } from '@mantine/core'
import { useDisclosure, useMediaQuery } from '@mantine/hooks'
import { IconAdjustmentsHorizontal, IconArrowUp } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'
import type { ReactElement } from 'react'
import { healthQuery } from '../../api/queries.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorState } from '../../components/error-state.tsx'
import { PageLink } from '../../components/page-link.tsx'
import { formatRange } from '../../lib/format-time.ts'
import { useSearchText, useSetSearch } from '../../lib/url-state.ts'
import { useView } from '../../lib/view.ts'
import { DetailPanel } from './detail/detail-panel.tsx'
import { FacetPanel } from './facets/facet-panel.tsx'
import { FilterBar } from './filter/filter-bar.tsx'
import { ColumnChooser } from './list/column-chooser.tsx'
import { columnsOf, fewColumns } from './list/columns.ts'
import { scrollListToTop } from './list/list-top.ts'
import { TraceList } from './list/trace-list.tsx'
import { LiveSwitch } from './live-switch.tsx'
import { TraceCsv } from './trace-csv.tsx'
import { useFacets, useNewCount, useTraces } from './trace-queries.ts'
import type { Traces } from './trace-queries.ts'
import { useTraceSearch } from './trace-search.ts'
import type { TraceSearch } from './trace-search.ts'
import classes from './traces-page.module.css'
import { useTraceKeys } from './use-trace-keys.ts'
import { useOpenTrace } from './use-open-trace.ts'
import { ViewsMenu } from './views/views-menu.tsx'

export function TracesPage(): ReactElement {
  const search = useTraceSearch()
  const setSearch = useSetSearch()
  const { text, problems, parameters, isLive, zone } = search
  const { id, open, close } = useOpenTrace()
  const [isAtTop, setAtTop] = useState(true)
  const hasFacetRoom = useMediaQuery(id === undefined ? '(min-width: 75em)' : '(min-width: 112em)') ?? true
  const isPinned = !isAtTop || id !== undefined
  const isEnabled = problems.length === 0
  const traces = useTraces(parameters, { isEnabled, isPinned, isLive })
  const facets = useFacets(parameters, [], isEnabled)
  const setText = useCallback((q: string) => setSearch({ q: q === '' ? undefined : q }), [setSearch])
  const keys = useTraceKeys({ traces, id, open, close })
  const known = Object.fromEntries(facets.data?.facets.map(({ field, values }) => [field, values]) ?? [])
  const facetPanel = (
    <FacetPanel
      facets={facets.data}
      isEnabled={isEnabled}
      error={facets.error}
      retry={() => void facets.refetch()}
      {...{ text, parameters, zone }}
      onChange={setText}
    />
  )
  return (
    <div className={classes['page']}>
      <h1 className={classes['title']}>Traces</h1>
      <div className={classes['tools']}>
        <FilterBar text={text} known={known} onChange={setText} />
        <div className={classes['buttons']}>
          {!hasFacetRoom && <FacetDrawer>{facetPanel}</FacetDrawer>}
          <LiveSwitch />
          <ViewsMenu />
          <Box visibleFrom="sm">
            <ColumnChooser />
          </Box>
          <TraceCsv parameters={parameters} isEnabled={isEnabled} />
        </div>
      </div>
      <div className={classes['body']}>
        {hasFacetRoom && (
          <aside className={classes['facets']} aria-label="Facets">
            {facetPanel}
          </aside>
        )}
        <div className={classes['list']}>
          {isPinned && <NewTraces traces={traces} search={search} />}
          <ListOrState traces={traces} search={search} currentId={id ?? keys.cursorId} onTop={setAtTop} />
        </div>
        {id !== undefined && (
          <DetailPanel
            key={id}
            id={id}
            zone={zone}
            keys={keys}
            text={text}
            onFilter={setText}
            onClose={close}
          />
        )}
      </div>
    </div>
  )
}

interface ListOrStateProps {
  traces: Traces
  search: TraceSearch
  currentId: string | undefined
  onTop: (isAtTop: boolean) => void
}

function ListOrState({ traces, search, currentId, onTop }: ListOrStateProps): ReactElement {
  const { cols } = useSearchText() as { cols?: string }
  const { id } = useOpenTrace()
  const columns = useMemo(() => {
    const chosen = columnsOf(cols)
    return id === undefined ? chosen : fewColumns(chosen)
  }, [cols, id])
  if (search.problems.length > 0) return <NotAsked />
  if (traces.error !== null && traces.rows.length === 0)
    return <ErrorState error={traces.error} onRetry={traces.retry} />
  if (!traces.isPending && traces.rows.length === 0 && !traces.hasMore)
    return <NothingFound search={search} />
  return (
    <TraceList traces={traces} columns={columns} zone={search.zone} currentId={currentId} onTop={onTop} />
  )
}

/** What is wrong stands below the filter itself. */
function NotAsked(): ReactElement {
  const setSearch = useSetSearch()
  return (
    <EmptyState
      title="The filter cannot be read"
      action={
        <Button variant="default" mt={8} onClick={() => setSearch({ q: undefined })}>
          Clear the filter
        </Button>
      }
    >
      Nothing is searched until it is corrected above: a slip of the pen must not find more than was meant.
    </EmptyState>
  )
}

function NothingFound({ search }: { search: TraceSearch }): ReactElement {
  const setSearch = useSetSearch()
  const { range } = useView()
  const { data: health } = useQuery(healthQuery)
  if (health?.status === 'healthy' && health.storage.traces === 0) return <NoTraces />
  return (
    <EmptyState
      title={search.text === '' ? 'No traces in this range' : 'No trace matches the filter'}
      action={
        <div className={classes['actions']}>
          {search.text !== '' && (
            <Button onClick={() => setSearch({ q: undefined })}>Clear the filter</Button>
          )}
          <Button variant="default" onClick={() => setSearch({ from: 'now-7d', to: undefined })}>
            Look at the last 7 days
          </Button>
        </div>
      }
    >
      {formatRange(range.from, range.to, search.zone)}. Traces are a sample of the requests: errors and slow
      requests are kept, others by the sample rate of the application.
    </EmptyState>
  )
}

/** Where nothing has ever come, no other range helps. */
function NoTraces(): ReactElement {
  return (
    <EmptyState title="No trace has come yet" action={<PageLink to="/setup">Send the first one</PageLink>}>
      Traces are a sample of the requests: errors and slow requests are kept, others by the sample rate of the
      application.
    </EmptyState>
  )
}

/** The list stands still while one reads it; this tells what it missed. */
function NewTraces({ traces, search }: { traces: Traces; search: TraceSearch }): ReactElement | null {
  const { count, isMore } = useNewCount(search.parameters, traces.rows[0]?.timestamp, search.isLive)
  if (count === 0) return null
  const label = `${isMore ? 'More than ' : ''}${count} new`
  return (
    <Button
      className={classes['new'] ?? ''}
      size="compact-xs"
      radius="xl"
      leftSection={<IconArrowUp size={12} />}
      onClick={() => {
        traces.refresh()
        scrollListToTop()
      }}
    >
      {label}
    </Button>
  )
}

function FacetDrawer({ children }: { children: ReactElement }): ReactElement {
  const [isOpen, { open, close }] = useDisclosure(false)
  return (
    <>
      <Button variant="default" leftSection={<IconAdjustmentsHorizontal size={16} />} onClick={open}>
        Facets
      </Button>
      <Drawer
        opened={isOpen}
        onClose={close}
        title="Facets"
        size="xs"
        closeButtonProps={{ 'aria-label': 'Close the facets' }}
      >
        {children}
      </Drawer>
    </>
  )
}
