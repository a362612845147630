/** A link to another page. What all pages share goes along: range, service, zone. */
import { Anchor } from '@mantine/core'
import type { AnchorProps } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactElement, ReactNode } from 'react'
import type { SearchText } from '../lib/search-text.ts'
import { sharedSearch, useSearchText } from '../lib/url-state.ts'

export interface PageLinkProps extends AnchorProps {
  to: string
  /** Parameters beside those that are shared, or instead of them. */
  search?: Readonly<SearchText>
  'aria-label'?: string
  children: ReactNode
}

export function PageLink({ to, search = {}, ...anchor }: PageLinkProps): ReactElement {
  const here = useSearchText()
  // The router knows pages by their patterns, and takes any parameters.
  return (
    <Anchor component={Link} to={to} search={{ ...sharedSearch(here), ...search } as never} {...anchor} />
  )
}
