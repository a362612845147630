/**
 * Speaks the wire formats of OpenAI, Anthropic and Ollama on 127.0.0.1, with one short scripted answer. A model
 * named `cut…` breaks the connection after three chunks, one named `endless…` repeats a chunk until the client leaves.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

export interface FakeLlmServer extends AsyncDisposable {
  readonly url: string
  /** Answers that the client left before they were complete. */
  readonly abandoned: number
}

interface Call {
  readonly model: string
  readonly stream: boolean
}

/** The text of every answer: 15 characters in three chunks. */
const ANSWER_CHUNKS = ['Hello', ' from', ' here'] as const

const CHAT_USAGE = {
  prompt_tokens: 120,
  completion_tokens: 30,
  total_tokens: 150,
  prompt_tokens_details: { cached_tokens: 100 },
  completion_tokens_details: { reasoning_tokens: 8 },
}
const RESPONSES_USAGE = {
  input_tokens: 75,
  input_tokens_details: { cached_tokens: 64 },
  output_tokens: 40,
  output_tokens_details: { reasoning_tokens: 16 },
  total_tokens: 115,
}
const ANTHROPIC_INPUT = { input_tokens: 50, cache_creation_input_tokens: 200, cache_read_input_tokens: 1000 }
const OLLAMA_COUNTS = { prompt_eval_count: 26, eval_count: 12, total_duration: 1, eval_duration: 1 }

export async function startFakeLlmServer(): Promise<FakeLlmServer> {
  let abandoned = 0
  const server = createServer((request, response) => {
    response.on('close', () => {
      if (!response.writableFinished) abandoned++
    })
    answer(request, response).catch((error: unknown) => response.destroy(error as Error))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    get abandoned() {
      return abandoned
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const call = JSON.parse(Buffer.concat(parts).toString()) as Call
  const path = (request.url ?? '').split('?')[0] ?? ''
  const whole = WHOLE[path]?.(call.model)
  if (whole === undefined) {
    response.writeHead(404).end()
  } else if (call.stream) {
    const isLines = path.startsWith('/api/')
    response.writeHead(200, { 'content-type': isLines ? 'application/x-ndjson' : 'text/event-stream' })
    await stream(response, CHUNKS[path]?.(call.model) ?? [], call.model, isLines)
  } else {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(whole))
  }
}

async function stream(
  response: ServerResponse,
  chunks: readonly object[],
  model: string,
  isLines: boolean,
): Promise<void> {
  const write = async (chunk: object): Promise<void> => {
    const type = 'type' in chunk ? `event: ${String(chunk.type)}\n` : ''
    const text = isLines ? `${JSON.stringify(chunk)}\n` : `${type}data: ${JSON.stringify(chunk)}\n\n`
    await new Promise<void>((resolve) => {
      if (response.write(text)) setImmediate(resolve)
      else response.once('drain', resolve).once('close', resolve)
    })
  }
  const middle = chunks[Math.min(2, chunks.length - 1)] ?? {}
  for (const [index, chunk] of chunks.entries()) {
    if (model.startsWith('cut') && index === 3) {
      response.destroy()
      return
    }
    await write(chunk)
    if (model.startsWith('endless') && index === 2) while (!response.destroyed) await write(middle)
  }
  response.end(isLines || model.startsWith('claude') ? '' : 'data: [DONE]\n\n')
}

const chat = (model: string, choices: object[], usage: object | null = null): object => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1,
  model,
  choices,
  usage,
})
const delta = (content: object): object => ({ index: 0, delta: content, finish_reason: null })

const anthropicMessage = (model: string, content: object[], output: number): object => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model,
  content,
  stop_reason: 'end_turn',
  usage: { ...ANTHROPIC_INPUT, output_tokens: output },
})

const responsesAnswer = (model: string, status: string, usage: object | null): object => ({
  id: 'resp_1',
  object: 'response',
  status,
  model,
  output: [
    { type: 'reasoning', id: 'rs_1', summary: [] },
    {
      type: 'message',
      id: 'msg_1',
      role: 'assistant',
      content: [{ type: 'output_text', text: ANSWER_CHUNKS.join(''), annotations: [] }],
    },
  ],
  usage,
})

/** Complete answers, by path. */
const WHOLE: Readonly<Record<string, (model: string) => object>> = {
  '/v1/chat/completions': (model) => ({
    ...chat(
      model,
      [{ index: 0, message: { role: 'assistant', content: ANSWER_CHUNKS.join('') }, finish_reason: 'stop' }],
      CHAT_USAGE,
    ),
    object: 'chat.completion',
  }),
  '/v1/responses': (model) => responsesAnswer(model, 'completed', RESPONSES_USAGE),
  '/v1/embeddings': (model) => ({
    object: 'list',
    data: [{ object: 'embedding', index: 0, embedding: [0.1, 0.2] }],
    model,
    usage: { prompt_tokens: 9, total_tokens: 9 },
  }),
  '/v1/messages': (model) => anthropicMessage(model, [{ type: 'text', text: ANSWER_CHUNKS.join('') }], 30),
  '/api/chat': (model) => ({
    model,
    created_at: '2026-01-01T00:00:00Z',
    message: { role: 'assistant', content: ANSWER_CHUNKS.join('') },
    done: true,
    ...OLLAMA_COUNTS,
  }),
}

/** The same answers in chunks. */
const CHUNKS: Readonly<Record<string, (model: string) => object[]>> = {
  '/v1/chat/completions': (model) => [
    chat(model, [delta({ role: 'assistant', content: '' })]),
    ...ANSWER_CHUNKS.map((content) => chat(model, [delta({ content })])),
    chat(model, [{ index: 0, delta: {}, finish_reason: 'stop' }]),
    chat(model, [], CHAT_USAGE),
  ],
  '/v1/responses': (model) => [
    { type: 'response.created', sequence_number: 0, response: responsesAnswer(model, 'in_progress', null) },
    {
      type: 'response.output_item.added',
      sequence_number: 1,
      output_index: 0,
      item: { type: 'message', id: 'msg_1', role: 'assistant', content: [] },
    },
    {
      type: 'response.content_part.added',
      sequence_number: 2,
      output_index: 0,
      content_index: 0,
      item_id: 'msg_1',
      part: { type: 'output_text', text: '', annotations: [] },
    },
    ...ANSWER_CHUNKS.map((text, index) => ({
      type: 'response.output_text.delta',
      sequence_number: 3 + index,
      output_index: 0,
      content_index: 0,
      item_id: 'msg_1',
      delta: text,
    })),
    {
      type: 'response.completed',
      sequence_number: 9,
      response: responsesAnswer(model, 'completed', RESPONSES_USAGE),
    },
  ],
  '/v1/messages': (model) => [
    { type: 'message_start', message: { ...anthropicMessage(model, [], 1), stop_reason: null } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    ...ANSWER_CHUNKS.map((text) => ({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text },
    })),
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: 30 },
    },
    { type: 'message_stop' },
  ],
  '/api/chat': (model) => [
    ...ANSWER_CHUNKS.map((content) => ({
      model,
      created_at: '2026-01-01T00:00:00Z',
      message: { role: 'assistant', content },
      done: false,
    })),
    {
      model,
      created_at: '2026-01-01T00:00:00Z',
      message: { role: 'assistant', content: '' },
      done: true,
      done_reason: 'stop',
      ...OLLAMA_COUNTS,
    },
  ],
}
