/** Keys that work everywhere, and the list of them behind `?`. */
import { Kbd, Modal, Table } from '@mantine/core'
import { useDisclosure, useHotkeys } from '@mantine/hooks'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import type { ReactElement } from 'react'
import { useClock } from '../lib/clock.tsx'
import { sharedSearch, useSearchText } from '../lib/url-state.ts'
import { PAGES } from './pages.ts'

/** How long `g` waits for its letter. */
const SEQUENCE_MS = 1500

export function Keyboard(): ReactElement {
  const [isOpen, { open, close }] = useDisclosure(false)
  const { tick } = useClock()
  useGoTo(open)
  useHotkeys([
    ['r', tick],
    ['/', focusFilter],
  ])
  const keys: readonly (readonly [string, string])[] = [
    ['Ctrl/Cmd + K', 'Commands'],
    ['/', 'Filter'],
    ['r', 'Refresh now'],
    ['j, k', 'Next and previous trace'],
    ['Enter', 'Open the trace'],
    ['Esc', 'Close'],
    ['?', 'This list'],
    ...PAGES.map(({ letter, title }) => [`g ${letter}`, title] as const),
  ]
  return (
    <Modal opened={isOpen} onClose={close} title="Keyboard" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Table>
        <Table.Tbody>
          {keys.map(([key, what]) => (
            <Table.Tr key={key}>
              <Table.Td>
                <Kbd>{key}</Kbd>
              </Table.Td>
              <Table.Td>{what}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  )
}

function focusFilter(): void {
  // The filter of the page itself, if it has one, before the pickers of the header.
  const filter = 'input[data-filter], [data-filter] input'
  const found = document.querySelector('#page')?.querySelector<HTMLElement>(filter)
  ;(found ?? document.querySelector<HTMLElement>(filter))?.focus()
}

/** `g`, then the letter of a page; `?`, which lies on another key on every keyboard. */
function useGoTo(openHelp: () => void): void {
  const navigate = useNavigate()
  const search = sharedSearch(useSearchText())
  const pressedAt = useRef(-Infinity)
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      if (event.key === '?') openHelp()
      const isWaiting = event.timeStamp - pressedAt.current < SEQUENCE_MS
      pressedAt.current = event.key === 'g' ? event.timeStamp : -Infinity
      const page = isWaiting ? PAGES.find(({ letter }) => letter === event.key) : undefined
      if (page !== undefined) void navigate({ to: page.href, search })
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [navigate, search, openHelp])
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  )
}
