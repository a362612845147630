/** A runbook as it is written; links to others open them here. Text is never markup. */
import { Anchor, Text } from '@mantine/core'
import { Markdown } from 'markdown-to-jsx/react'
import type { ReactElement, ReactNode } from 'react'
import { Waiting } from '../../../components/waiting.tsx'
import { useSetSearch } from '../../../lib/url-state.ts'
import { useRunbook } from '../alert-queries.ts'
import classes from './detail.module.css'

/** Other runbooks lie beside it. */
const SIBLING = /^(Rag[A-Za-z]+)\.md$/

export function RunbookText({ name }: { name: string }): ReactElement {
  const { data, error, refetch } = useRunbook(name)
  if (data === undefined) {
    return <Waiting asked={{ error, refetch }} height={200} />
  }
  // The head of the dialog or of the section says its name already.
  const text = data.replace(/^# .*\n/, '')
  return (
    <Text component="div" size="sm" className={classes['runbook'] ?? ''} data-runbook={name}>
      <Markdown
        options={{
          disableParsingRawHTML: true,
          forceBlock: true,
          overrides: { a: { component: RunbookLink }, h2: { component: Heading } },
        }}
      >
        {text}
      </Markdown>
    </Text>
  )
}

function Heading({ children }: { children?: ReactNode }): ReactElement {
  return <h3>{children}</h3>
}

function RunbookLink({ href = '', children }: { href?: string; children?: ReactNode }): ReactElement {
  const setSearch = useSetSearch()
  const sibling = SIBLING.exec(href)?.[1]
  if (sibling !== undefined) {
    return (
      <Anchor component="button" type="button" inherit onClick={() => setSearch({ runbook: sibling })}>
        {children}
      </Anchor>
    )
  }
  // Other documents are not shipped with the page.
  if (!/^https?:\/\//.test(href)) return <span>{children}</span>
  return (
    <Anchor href={href} target="_blank" rel="noreferrer" inherit>
      {children}
    </Anchor>
  )
}
