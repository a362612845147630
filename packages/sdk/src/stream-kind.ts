/** Tells what kind of stream a value is, without starting it: only names are looked up, no getter runs. */

import { isFields, type Fields } from './token-fields.ts'

export type StreamKind = 'ai-sdk' | 'events' | 'web' | 'node' | 'iterator' | 'iterable'

/**
 * - `ai-sdk`: the result of `streamText` or `streamObject`
 * - `events`: a helper of OpenAI or Anthropic that emits events and runs by itself
 * - `web`: a `ReadableStream`; `node`: a `Readable` of Node
 * - `iterator`: an async generator or the like; `iterable`: an object that makes async iterators
 *
 * @returns undefined for everything else
 */
export function streamKind(value: unknown): StreamKind | undefined {
  if (!isFields(value)) return undefined
  if (isAiSdkStream(value)) return 'ai-sdk'
  if (value instanceof ReadableStream) return 'web'
  const isIterable = typeof value[Symbol.asyncIterator as unknown as string] === 'function'
  if (isIterable && hasMethods(value, 'on', 'abort', '_emit')) return 'events'
  if (hasMethods(value, 'pipe', 'on', 'read', 'emit')) return 'node'
  if (!isIterable) return undefined
  return typeof value['next'] === 'function' ? 'iterator' : 'iterable'
}

/** Whether `observeStream` can follow a value to its end. */
export function isStream(value: unknown): boolean {
  return streamKind(value) !== undefined
}

/**
 * All results of the AI SDK from version 4 to 7 feed everything they offer (texts, parts, promises) from the
 * one `baseStream`. Their getters must not be read: they start the stream, or make a promise that nobody awaits.
 */
function isAiSdkStream(value: Fields): boolean {
  return 'textStream' in value && 'fullStream' in value && value['baseStream'] instanceof ReadableStream
}

function hasMethods(value: Fields, ...names: string[]): boolean {
  return names.every((name) => typeof value[name] === 'function')
}
