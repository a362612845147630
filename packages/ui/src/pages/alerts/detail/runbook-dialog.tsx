/** A runbook over the page; the URL says which. */
import { Modal } from '@mantine/core'
import type { ReactElement } from 'react'
import { useSearchText, useSetSearch } from '../../../lib/url-state.ts'
import { RunbookText } from './runbook-text.tsx'

export function RunbookDialog(): ReactElement {
  const { runbook } = useSearchText() as Partial<Record<string, string>>
  const setSearch = useSetSearch()
  return (
    <Modal
      opened={runbook !== undefined}
      onClose={() => setSearch({ runbook: undefined })}
      title={`Runbook: ${runbook ?? ''}`}
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {runbook !== undefined && <RunbookText name={runbook} />}
    </Modal>
  )
}
