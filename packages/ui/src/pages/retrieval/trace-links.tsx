/** Ways from an estimate to the traces behind it. */
import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactElement, ReactNode } from 'react'
import { writeValue } from '../../lib/filter-value.ts'
import { sharedSearch, useSearchText } from '../../lib/url-state.ts'
import type { Gap } from './retrieval-queries.ts'

/** Under which metadata applications send the text of queries, if they do. */
const TEXT_KEY = 'question'

/** The filter that finds the traces of a query on the page of traces. */
export function filterOfGap({ query_hash: hash, text, service }: Gap, retriever: string | undefined): string {
  const query =
    hash === null ? `metadata.${TEXT_KEY}:${writeValue(text ?? '')}` : `query_hash:${writeValue(hash)}`
  const place = `service:${writeValue(service)}`
  return [query, place, ...(retriever === undefined ? [] : [`retriever:${writeValue(retriever)}`])].join(' ')
}

export function TracesLink({
  filter,
  label,
  children,
}: {
  filter: string
  label: string
  children: ReactNode
}): ReactElement {
  const search = useSearchText()
  return (
    <Anchor
      size="sm"
      component={Link}
      to="/traces"
      search={{ ...sharedSearch(search), q: filter } as never}
      aria-label={label}
    >
      {children}
    </Anchor>
  )
}

export interface TraceLinkProps {
  id: string
  /** Start of the request, if it is known: it is then found at once. */
  at?: number
  label: string
  children: ReactNode
}

export function TraceLink({ id, at, label, children }: TraceLinkProps): ReactElement {
  const search = useSearchText()
  return (
    <Anchor
      size="sm"
      component={Link}
      to={`/traces/${encodeURIComponent(id)}`}
      search={{ ...sharedSearch(search), ...(at === undefined ? {} : { at: String(at) }) } as never}
      aria-label={label}
    >
      {children}
    </Anchor>
  )
}
