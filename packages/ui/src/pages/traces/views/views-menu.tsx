/** Filters and columns under a name: those everybody has, and those this browser keeps. */
import { ActionIcon, Button, Group, Menu, Text, TextInput } from '@mantine/core'
import { IconBookmark, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import type { ReactElement, SubmitEvent } from 'react'
import { applyView, COMMON_VIEWS, useSavedViews, viewSearch } from '../../../lib/saved-views.ts'
import type { SavedView } from '../../../lib/saved-views.ts'
import { useSearchText, useSetSearch } from '../../../lib/url-state.ts'

export function ViewsMenu(): ReactElement {
  const [isOpen, setOpen] = useState(false)
  const { views, save, remove } = useSavedViews()
  const search = useSearchText()
  const setSearch = useSetSearch()
  const use = (view: SavedView) => setSearch(applyView(view))
  return (
    <Menu opened={isOpen} onChange={setOpen} position="bottom-end" width={260}>
      <Menu.Target>
        <Button variant="default" leftSection={<IconBookmark size={16} />}>
          Views
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {COMMON_VIEWS.map((view) => (
          <Menu.Item key={view.name} onClick={() => use(view)}>
            {view.name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>Saved in this browser</Menu.Label>
        {views.length === 0 && (
          <Text size="xs" c="dimmed" px="sm" pb={6}>
            None yet. Filter, then give it a name.
          </Text>
        )}
        {views.map((view) => (
          <Group key={view.name} gap={4} wrap="nowrap">
            <Menu.Item onClick={() => use(view)} flex={1} title={view.search['q']}>
              <Text size="sm" truncate maw={190}>
                {view.name}
              </Text>
            </Menu.Item>
            <ActionIcon aria-label={`Forget ${view.name}`} onClick={() => remove(view.name)}>
              <IconTrash size={14} />
            </ActionIcon>
          </Group>
        ))}
        <SaveForm
          onSave={(name) => {
            save({ name, search: viewSearch(search) })
          }}
        />
      </Menu.Dropdown>
    </Menu>
  )
}

function SaveForm({ onSave }: { onSave: (name: string) => void }): ReactElement {
  const [name, setName] = useState('')
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    onSave(name)
    setName('')
  }
  return (
    <form onSubmit={submit}>
      <Group gap={4} wrap="nowrap" p={6}>
        <TextInput
          flex={1}
          aria-label="Name of the view"
          placeholder="Name of this view"
          value={name}
          maxLength={60}
          onChange={(event) => setName(event.currentTarget.value)}
          // The menu goes through its items by letters otherwise.
          onKeyDown={(event) => event.stopPropagation()}
        />
        <Button type="submit" disabled={name.trim() === ''}>
          Save
        </Button>
      </Group>
    </form>
  )
}
