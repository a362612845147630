/**
 * Provider and model names as they are used for Prometheus labels, prices and breakdowns. One model is named
 * in many ways (dated, by region, by deployment path, by the gateway it came through); a trace keeps the raw
 * name, everything that aggregates uses the name from here.
 */

/** Longer names are cut: a name is a label, and labels are bounded. In UTF-16 code units. */
export const PROVIDER_NAME_LENGTH_MAX = 64
export const MODEL_NAME_LENGTH_MAX = 96

/** What an empty or unusable name becomes. */
export const UNKNOWN_NAME = 'unknown'

/** No rule here needs more of a raw name than this; it also bounds the work a hostile name can cause. */
const RAW_NAME_LENGTH_MAX = 512

/** Keys are lower case with `-` for `_` and blanks. A value is the id of the price library where it has one. */
const PROVIDER_ALIASES: ReadonlyMap<string, string> = new Map([
  ['az', 'azure'],
  ['azure-ai', 'azure'],
  ['azure-openai', 'azure'],
  ['azureopenai', 'azure'],
  ['amazon', 'aws'],
  ['amazon-bedrock', 'aws'],
  ['aws-bedrock', 'aws'],
  ['bedrock', 'aws'],
  ['bedrock-converse', 'aws'],
  ['claude', 'anthropic'],
  ['cohere-ai', 'cohere'],
  ['fireworks-ai', 'fireworks'],
  ['fireworksai', 'fireworks'],
  ['gcp', 'google'],
  ['gemini', 'google'],
  ['google-genai', 'google'],
  ['google-generative-ai', 'google'],
  ['google-vertex', 'google'],
  ['google-vertexai', 'google'],
  ['googlevertex', 'google'],
  ['vertex', 'google'],
  ['vertex-ai', 'google'],
  ['vertexai', 'google'],
  ['grok', 'x-ai'],
  ['xai', 'x-ai'],
  ['jina-ai', 'jina'],
  ['llama.cpp', 'llama-cpp'],
  ['llamacpp', 'llama-cpp'],
  ['lmstudio', 'lm-studio'],
  ['mistral-ai', 'mistral'],
  ['mistralai', 'mistral'],
  ['moonshot', 'moonshotai'],
  ['moonshot-ai', 'moonshotai'],
  ['open-ai', 'openai'],
  ['open-router', 'openrouter'],
  ['perplexity-ai', 'perplexity'],
  ['pplx', 'perplexity'],
  ['together-ai', 'together'],
  ['togetherai', 'together'],
  ['voyage', 'voyageai'],
  ['voyage-ai', 'voyageai'],
  ['watsonx', 'ibm'],
  ['zhipu', 'zhipuai'],
])

/** Providers whose models run on the user's own machines: no price list applies to them. */
const SELF_HOSTED_PROVIDERS: ReadonlySet<string> = new Set([
  'gpt4all',
  'llama-cpp',
  'llamafile',
  'lm-studio',
  'local',
  'localai',
  'mlx',
  'ollama',
  'sglang',
  'tgi',
  'transformers',
  'transformers-js',
  'vllm',
])

/**
 * Dated names that stay dated, because their price differs from that of the undated name. A test compares
 * this list with the price library.
 */
const DATED_NAMES_KEPT: ReadonlySet<string> = new Set(['gpt-4o-2024-05-13', 'qwen-plus-2025-07-28'])

const BEDROCK_REGION =
  /^(?:us|us-gov|eu|apac|ap|au|ca|sa|jp|global)\.(?=(?:ai21|amazon|anthropic|cohere|deepseek|google|luma|meta|minimax|mistral|moonshotai?|nvidia|openai|qwen|stability|twelvelabs|writer|zai)\.)/
const BEDROCK_VENDOR =
  /^(?:ai21|amazon|anthropic|cohere|deepseek|google|luma|meta|minimax|mistral|moonshotai?|nvidia|openai|qwen|stability|twelvelabs|writer|zai)\.(?=[a-z])/
const TRAILING_DATE =
  /[-@](?:20\d{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])|20\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))$/

/**
 * The one name of a provider: `azure.ai.openai` and `az.ai.openai` are `azure`, `aws.bedrock` is `aws`,
 * `gcp.vertex_ai` and `vertex` are `google`, `mistral_ai` is `mistral`, `openai.chat` is `openai`.
 *
 * The rule: lower case, `_` and blanks become `-`; a known alias of the whole name wins, then a known alias of
 * the part before the first dot, else that part itself. An unknown provider keeps its own name.
 *
 * @returns at most {@link PROVIDER_NAME_LENGTH_MAX} characters; {@link UNKNOWN_NAME} for an empty name. Never throws.
 */
export function normaliseProvider(raw: string): string {
  const name = cleaned(raw).replaceAll('_', '-').replaceAll(' ', '-')
  const dot = name.indexOf('.')
  const head = dot > 0 ? name.slice(0, dot) : name
  const known = PROVIDER_ALIASES.get(name) ?? PROVIDER_ALIASES.get(head) ?? head
  return known.slice(0, PROVIDER_NAME_LENGTH_MAX) || UNKNOWN_NAME
}

/** Whether a provider, named as {@link normaliseProvider} names it, serves models on the user's own machines. */
export function isSelfHosted(provider: string): boolean {
  return SELF_HOSTED_PROVIDERS.has(provider)
}

/**
 * The family of a model, for use as a label: `gpt-4o-2024-08-06` is `gpt-4o`, `models/gemini-2.5-flash` is
 * `gemini-2.5-flash`, `us.anthropic.claude-3-5-sonnet-20241022-v2:0` is `claude-3-5-sonnet`.
 *
 * The rule, in this order: lower case; the last part of a path (`openai/gpt-4o`, `publishers/google/models/…`,
 * an ARN); Bedrock's region and vendor prefix with its version suffix; Vertex' `@version`; a full date at the
 * end; Ollama's default tag `:latest`; the owner and date of a fine-tuned model (`ft:gpt-4o-mini`); spellings of
 * one name (`gpt-35-turbo`, `claude-3.5-sonnet`, `gemini-1.5-pro-002`). Everything else stays, above all what can
 * mean another price or another model: sizes (`mistral:7b`), short versions (`mistral-large-2411`,
 * `gpt-3.5-turbo-1106`), previews, `mistral-small-latest`, `:free`, and the few dated names whose price differs
 * from that of the undated one.
 *
 * @returns at most {@link MODEL_NAME_LENGTH_MAX} characters; {@link UNKNOWN_NAME} for an empty name. Never throws.
 */
export function normaliseModel(raw: string): string {
  const path = cleaned(raw)
  const name = path.slice(path.lastIndexOf('/') + 1)
  return familyOf(name).slice(0, MODEL_NAME_LENGTH_MAX) || UNKNOWN_NAME
}

function familyOf(name: string): string {
  if (name.startsWith('ft:')) return `ft:${familyOf(name.split(':', 2)[1] ?? '')}`
  const family = withoutVersion(withoutVertexVersion(withoutBedrock(name)))
  if (family.startsWith('claude-')) return claudeFamily(family)
  if (family.startsWith('gemini-')) return family.replace(/-00\d$/, '')
  return family.startsWith('gpt-35-') ? `gpt-3.5-${family.slice('gpt-35-'.length)}` : family
}

/** Anthropic's names alone: `-latest` follows one version of one size there, elsewhere it moves to other models. */
function claudeFamily(name: string): string {
  return name
    .replace(/-latest$/, '')
    .replace(/(?<=\d-[a-z]+)-v\d$/, '')
    .replaceAll('.', '-')
}

function withoutVersion(name: string): string {
  if (DATED_NAMES_KEPT.has(name)) return name
  return name.replace(TRAILING_DATE, '').replace(/:latest$/, '')
}

function withoutVertexVersion(name: string): string {
  return name.replace(/@(?:default|latest|\d{3}|20\d{6})$/, '')
}

/** Bedrock's `v1` is the first version of everything, and a version after a date repeats the date; `-v2` alone is another model. */
function withoutBedrock(name: string): string {
  const regional = name.replace(BEDROCK_REGION, '')
  const model = regional.replace(BEDROCK_VENDOR, '')
  if (model === regional) return name
  const unsized = model.replace(/:\d+(?::\d+k)?$/, '')
  return unsized.replace(/-v1$/, '').replace(/(?<=-20\d{6})-v\d+$/, '')
}

/** Lower case, without control characters, not longer than any rule needs. A caller without types may pass anything. */
function cleaned(raw: unknown): string {
  if (typeof raw !== 'string') return ''
  return raw
    .slice(0, RAW_NAME_LENGTH_MAX)
    .replaceAll(/\p{Cc}/gu, '')
    .trim()
    .toLowerCase()
}
