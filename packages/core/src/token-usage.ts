/** The tokens of one model call, as every part of ragmeter counts them. */
export interface TokenUsage {
  /** All input tokens; includes cached ones (OpenTelemetry GenAI rule). */
  readonly inputTokens: number
  /** All output tokens; includes reasoning. 0 for embeddings. */
  readonly outputTokens: number
  /** Part of `inputTokens` that was read from the provider's prompt cache. */
  readonly cacheReadTokens?: number
  /** Part of `inputTokens` that was written to the provider's prompt cache. */
  readonly cacheWriteTokens?: number
  /** Part of `outputTokens` that was spent on reasoning. */
  readonly reasoningTokens?: number
}

/**
 * Repairs usage that counts cached tokens beside the input instead of inside it, as Anthropic's raw usage does:
 * more cached than input tokens is impossible otherwise. A source that is known to exclude them must add them
 * itself, since a small cached part cannot be told from an included one.
 *
 * @returns the same object when there is nothing to repair
 */
export function normaliseUsage(usage: TokenUsage): TokenUsage {
  const cached = (usage.cacheReadTokens ?? 0) + (usage.cacheWriteTokens ?? 0)
  return cached > usage.inputTokens ? { ...usage, inputTokens: usage.inputTokens + cached } : usage
}
