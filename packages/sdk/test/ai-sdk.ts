/**
 * The AI SDK as an application loads it. The test runner hands its own export conditions to Node, among them
 * `module`, which is meant for bundlers: under it `@opentelemetry/api` 1.9, which `ai` pins, is a file Node cannot
 * load.
 */

import { register } from 'node:module'

const hooks = `export const resolve = (specifier, context, next) =>
  next(specifier, { ...context, conditions: context.conditions.filter((condition) => condition !== 'module') })`

register(`data:text/javascript,${encodeURIComponent(hooks)}`)

export const {
  embed,
  generateObject,
  generateText,
  jsonSchema,
  stepCountIs,
  streamObject,
  streamText,
  tool,
} = await import('ai')
export const { MockEmbeddingModelV2, MockLanguageModelV2 } = await import('ai/test')
