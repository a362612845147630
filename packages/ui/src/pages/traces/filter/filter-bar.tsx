/** The filter as text, with what could be written next, and what is wrong with what is written. */
import { ActionIcon, Combobox, Text, TextInput, useCombobox } from '@mantine/core'
import { IconFilter, IconX } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import type { KeyboardEvent, ReactElement } from 'react'
import { complete } from '../query/complete.ts'
import type { KnownValues, Suggestion } from '../query/complete.ts'
import { parseFilter } from '../query/parse.ts'
import classes from './filter-bar.module.css'

const TEXT_LENGTH_MAX = 1500

const SYNTAX = [
  ['org:acme', 'is'],
  ['-org:acme', 'is not'],
  ['latency>2s', 'bound'],
  ['latency:1s..5s', 'range'],
  ['"two words"', 'as one value'],
] as const

export interface FilterBarProps {
  /** As the URL says it. */
  text: string
  known: KnownValues
  onChange: (text: string) => void
}

export function FilterBar({ text, known, onChange }: FilterBarProps): ReactElement {
  const { draft, problems, input, combobox, suggestions, write, choose, commit, clear } = useDraft(
    text,
    known,
    onChange,
  )
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Escape' && !combobox.dropdownOpened) event.currentTarget.blur()
    if (event.key === 'Enter' && (!combobox.dropdownOpened || combobox.getSelectedOptionIndex() === -1)) {
      combobox.closeDropdown()
      commit()
    }
  }
  return (
    <div className={classes['bar']}>
      <Combobox store={combobox} onOptionSubmit={choose} position="bottom-start" offset={4} withinPortal>
        <Combobox.Target>
          <TextInput
            ref={input}
            data-filter
            aria-label="Filter"
            aria-invalid={problems.length > 0}
            aria-describedby="filter-problems"
            placeholder="status:error model:gpt-4o latency>2s org:acme metadata.team:search"
            leftSection={<IconFilter size={16} />}
            rightSection={
              draft === '' ? undefined : (
                <ActionIcon size="sm" aria-label="Clear the filter" onClick={clear}>
                  <IconX size={14} />
                </ActionIcon>
              )
            }
            value={draft}
            maxLength={TEXT_LENGTH_MAX}
            spellCheck={false}
            autoComplete="off"
            autoCapitalize="off"
            classNames={{ input: classes['input'] ?? '' }}
            error={problems.length > 0}
            onChange={(event) => write(event.currentTarget.value)}
            onFocus={() => combobox.openDropdown()}
            onClick={() => combobox.openDropdown()}
            onBlur={() => {
              combobox.closeDropdown()
              commit()
            }}
            onKeyDown={onKeyDown}
          />
        </Combobox.Target>
        <Suggestions suggestions={suggestions} />
      </Combobox>
      <div id="filter-problems" role="status">
        {problems.map(({ start, text: problem }) => (
          <Text key={start} size="xs" className={classes['problem'] ?? ''}>
            {problem}
          </Text>
        ))}
      </div>
    </div>
  )
}

function Suggestions({ suggestions }: { suggestions: readonly Suggestion[] }): ReactElement {
  return (
    <Combobox.Dropdown hidden={suggestions.length === 0}>
      <Combobox.Options mah={320} className={classes['options'] ?? ''}>
        {suggestions.map(({ label, detail }, index) => (
          <Combobox.Option key={label} value={String(index)} className={classes['option'] ?? ''}>
            <span className={classes['label']}>{label}</span>
            <span className={classes['detail']}>{detail}</span>
          </Combobox.Option>
        ))}
      </Combobox.Options>
      <Syntax />
    </Combobox.Dropdown>
  )
}

function Syntax(): ReactElement {
  return (
    <Combobox.Footer className={classes['syntax'] ?? ''}>
      {SYNTAX.map(([example, meaning]) => (
        <span key={example}>
          <code>{example}</code> {meaning}
        </span>
      ))}
    </Combobox.Footer>
  )
}

function useDraft(text: string, known: KnownValues, onChange: (text: string) => void) {
  const [draft, setDraft] = useState(text)
  const [cursor, setCursor] = useState(text.length)
  // Problems of a term that is being written would flicker: they are told when it is sent.
  const [isSent, setSent] = useState(true)
  const input = useRef<HTMLInputElement>(null)
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() })
  const [written, setWritten] = useState(text)
  // Facets, saved views and the Back button change the filter too.
  if (written !== text) {
    setWritten(text)
    setDraft(text)
    setSent(true)
  }
  const suggestions = complete(draft, Math.min(cursor, draft.length), known)
  const write = (next: string, at = input.current?.selectionStart ?? next.length) => {
    setDraft(next)
    setCursor(at)
    setSent(false)
    combobox.openDropdown()
    combobox.resetSelectedOption()
  }
  const place = (at: number) => {
    // After React has written the value, or the browser would move the cursor to its end.
    requestAnimationFrame(() => {
      input.current?.focus()
      input.current?.setSelectionRange(at, at)
    })
  }
  const choose = (index: string) => {
    const chosen: Suggestion | undefined = suggestions[Number(index)]
    if (chosen === undefined) return
    const space = chosen.isWhole && !draft.slice(chosen.end).startsWith(' ') ? ' ' : ''
    const next = draft.slice(0, chosen.start) + chosen.insert + space + draft.slice(chosen.end)
    const at = chosen.start + chosen.insert.length + space.length
    write(next, at)
    place(at)
  }
  const send = (next: string) => {
    const trimmed = next.trim()
    setDraft(trimmed)
    setSent(true)
    if (parseFilter(trimmed).problems.length === 0 && trimmed !== text) onChange(trimmed)
  }
  return {
    draft,
    problems: isSent ? parseFilter(draft).problems : [],
    input,
    combobox,
    suggestions,
    write: (next: string) => write(next),
    choose,
    commit: () => send(draft),
    clear: () => {
      send('')
      input.current?.focus()
    },
  }
}
