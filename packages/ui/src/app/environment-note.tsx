/** An environment in the URL goes along to pages that cannot look at one alone: there it is said that they do not. */
import { Anchor, Text } from '@mantine/core'
import type { ReactElement } from 'react'
import { useSetSearch, useSharedState } from '../lib/url-state.ts'
import { useCurrentPage } from './use-current-page.ts'

/** A name that somebody made longer does not push the page away. */
const NAME_MAX = 80

export function EnvironmentNote(): ReactElement | null {
  const { environment } = useSharedState()
  const setSearch = useSetSearch()
  const controls = useCurrentPage()?.controls ?? []
  // A page that looks at services shows numbers; one that does not has nothing to narrow.
  if (environment === undefined || controls.includes('environment') || !controls.includes('service')) {
    return null
  }
  return (
    <Text size="xs" c="dimmed" mb="xs" role="note" style={{ overflowWrap: 'anywhere' }}>
      {`Environment ${environment.slice(0, NAME_MAX)}: not applied here. What this page shows has no environment: it is of all of them. `}
      <Anchor component="button" type="button" inherit onClick={() => setSearch({ env: undefined })}>
        Choose all environments
      </Anchor>
    </Text>
  )
}
