/** A link to one trace. */
import type { ReactElement, ReactNode } from 'react'
import { PageLink } from './page-link.tsx'

/** Ids begin with their time, which neighbours share: their end tells them apart. */
const ID_LENGTH_MAX = 14

export interface TraceLinkProps {
  id: string
  /** Start of the request, if it is known: it is then found at once. */
  at?: number
  /** For those who hear the page, where what stands there does not say it. */
  label?: string
  /** @default the end of its id */
  children?: ReactNode
}

export function TraceLink({ id, at, label, children }: TraceLinkProps): ReactElement {
  return (
    <PageLink
      inherit
      to={`/traces/${encodeURIComponent(id)}`}
      {...(at === undefined ? {} : { search: { at: String(at) } })}
      {...(label === undefined ? {} : { 'aria-label': label })}
    >
      {children ?? (id.length > ID_LENGTH_MAX ? `…${id.slice(-ID_LENGTH_MAX)}` : id)}
    </PageLink>
  )
}
