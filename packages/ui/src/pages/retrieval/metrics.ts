/** The metrics behind the page. */
export const METRICS = {
  retrievals: 'rag_retrievals_total',
  topScore: 'rag_retrieval_top_score',
  margin: 'rag_retrieval_score_margin',
  returned: 'rag_retrieval_documents',
  used: 'rag_retrieval_documents_used',
  /** Has no label of the retriever. */
  displacement: 'rag_rerank_displacement_ranks',
} as const
