/** Which columns the list has. */
import { Button, Checkbox, Popover, ScrollArea, Stack } from '@mantine/core'
import { IconColumns3 } from '@tabler/icons-react'
import type { ReactElement } from 'react'
import { useSearchText, useSetSearch } from '../../../lib/url-state.ts'
import { COLUMNS, columnsOf, columnsText, DEFAULT_COLUMNS } from './columns.ts'

export function ColumnChooser(): ReactElement {
  const { cols } = useSearchText() as { cols?: string }
  const setSearch = useSetSearch()
  const chosen = columnsOf(cols).map(({ key }) => key)
  const toggle = (key: string) =>
    setSearch({
      cols: columnsText(chosen.includes(key) ? chosen.filter((other) => other !== key) : [...chosen, key]),
    })
  return (
    <Popover position="bottom-end" trapFocus returnFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns3 size={16} />}>
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <ScrollArea.Autosize mah={360} type="auto" offsetScrollbars>
          <Stack gap={6}>
            {COLUMNS.map(({ key, title }) => (
              <Checkbox
                key={key}
                size="xs"
                label={title}
                checked={chosen.includes(key)}
                onChange={() => toggle(key)}
              />
            ))}
          </Stack>
        </ScrollArea.Autosize>
        <Button
          variant="subtle"
          size="compact-xs"
          mt={8}
          disabled={columnsText(chosen) === undefined}
          onClick={() => setSearch({ cols: undefined })}
          title={DEFAULT_COLUMNS}
        >
          As it was
        </Button>
      </Popover.Dropdown>
    </Popover>
  )
}
