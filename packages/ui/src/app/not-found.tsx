import { Anchor, Title, VisuallyHidden } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { EmptyState } from '../components/empty-state.tsx'

export function NotFound(): ReactElement {
  return (
    <>
      <VisuallyHidden>
        <Title order={1}>No such page</Title>
      </VisuallyHidden>
      <EmptyState
        title="There is no such page"
        action={
          <Anchor component={Link} to="/">
            Go to the overview
          </Anchor>
        }
      >
        The address may be misspelt, or from another version of ragmeter.
      </EmptyState>
    </>
  )
}
