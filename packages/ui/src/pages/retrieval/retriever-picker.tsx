/** One retriever, or all of them. */
import { Select } from '@mantine/core'
import type { ReactElement } from 'react'
import { useSeries } from '../../api/queries.ts'
import { NOT_STATED } from '../../lib/series.ts'
import { useSetSearch } from '../../lib/url-state.ts'
import { useView } from '../../lib/view.ts'
import { useRetrievalState } from './retrieval-state.ts'

const ALL = ''

export function RetrieverPicker(): ReactElement {
  const { range, service } = useView()
  const { retriever } = useRetrievalState()
  const setSearch = useSetSearch()
  const { data } = useSeries(range, service, { metric: 'rag_retrievals_total', by: ['retriever'] })
  const names =
    data?.series.map(({ labels }) => labels['retriever'] ?? '').filter((name) => name !== '') ?? []
  // What the URL names stays on the list, also when nothing was heard from it.
  const known = retriever === undefined || names.includes(retriever) ? names : [retriever, ...names]
  return (
    <Select
      aria-label="Retriever"
      data={[
        { value: ALL, label: 'All retrievers' },
        ...known.toSorted().map((name) => ({ value: name, label: name || NOT_STATED })),
      ]}
      value={retriever ?? ALL}
      onChange={(value) => setSearch({ retriever: value === null || value === ALL ? undefined : value })}
      allowDeselect={false}
      searchable={known.length > 8}
      w={170}
    />
  )
}
