/**
 * The libraries as an application loads them. The test runner hands its own export conditions to Node, among them
 * `module`, which is meant for bundlers: under it `@opentelemetry/api` 1.9, which several of them use, is a file
 * that Node cannot load.
 */

import { register } from 'node:module'

const hooks = `export const resolve = (specifier, context, next) =>
  next(specifier, { ...context, conditions: context.conditions.filter((condition) => condition !== 'module') })`

register(`data:text/javascript,${encodeURIComponent(hooks)}`)

export const { Anthropic } = await import('@anthropic-ai/sdk')
export const { AIMessage, AIMessageChunk } = await import('@langchain/core/messages')
export const { StringOutputParser } = await import('@langchain/core/output_parsers')
export const { RunnableLambda } = await import('@langchain/core/runnables')
export const { FakeListChatModel } = await import('@langchain/core/utils/testing')
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
export const { Ollama } = await import('ollama')
export const { OpenAI } = await import('openai')
