/** The outline of a page before its code has arrived. */
import { SimpleGrid, Skeleton, Stack } from '@mantine/core'
import type { ReactElement } from 'react'

export function PageSkeleton(): ReactElement {
  return (
    <Stack gap="md" aria-busy="true" aria-label="Loading the page">
      <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm">
        {['a', 'b', 'c', 'd'].map((key) => (
          <Skeleton key={key} height={96} radius="md" />
        ))}
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="sm">
        {['a', 'b', 'c', 'd'].map((key) => (
          <Skeleton key={key} height={260} radius="md" />
        ))}
      </SimpleGrid>
    </Stack>
  )
}
