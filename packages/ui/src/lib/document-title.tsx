/** What the tab of the browser is called: what is open, the page, the application; before it how many alerts fire. */
import { createContext, use, useEffect, useState } from 'react'
import type { ReactElement, ReactNode } from 'react'

const NAME = 'ragmeter'

const SetPartContext = createContext<(part: string | undefined) => void>(() => undefined)

export interface DocumentTitleProps {
  /** Of the page; undefined if the address has none. */
  page: string | undefined
  /** Alerts. */
  firing: number
  children: ReactNode
}

export function DocumentTitle({ page, firing, children }: DocumentTitleProps): ReactElement {
  const [part, setPart] = useState<string>()
  useDocumentTitle(page ?? 'No such page', { firing, part })
  return <SetPartContext value={setPart}>{children}</SetPartContext>
}

/** Names what is open on a page, such as one alert, as long as the component is there. */
export function useTitlePart(part: string | undefined): void {
  const setPart = use(SetPartContext)
  useEffect(() => {
    setPart(part)
    return () => setPart(undefined)
  }, [part, setPart])
}

export function useDocumentTitle(
  page: string,
  { firing = 0, part }: { firing?: number; part?: string | undefined } = {},
): void {
  const title = titleText(page, firing, part)
  useEffect(() => {
    document.title = title
  }, [title])
}

/** @returns such as `(2) RagHighErrorRate (docs) – Alerts – ragmeter` */
export function titleText(page: string, firing: number, part: string | undefined): string {
  const names = [...(part === undefined ? [] : [part]), page, NAME]
  return `${firing > 0 ? `(${firing}) ` : ''}${names.join(' – ')}`
}
