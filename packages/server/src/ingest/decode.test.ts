import { UNKNOWN_SERVICE } from '@ragmeter/core'
import type { ParsedBatch } from '@ragmeter/core'
import { describe, expect, it } from 'vitest'
import { decodeBatch, decodeObject } from './decode.ts'

const NOW = Date.UTC(2026, 0, 15, 12)
const context = { receivedAt: NOW, oldest: NOW - 7 * 86_400_000 }

function batchOf(body: unknown, at = context): ParsedBatch {
  const decoded = decodeBatch(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), at)
  if ('code' in decoded) throw new Error(decoded.message)
  return decoded.value
}
const ids = (batch: ParsedBatch) => batch.traces.map(({ event }) => event.id)

describe('decodeBatch', () => {
  it.each([
    ['[]', 'The body is a list, not an object.'],
    ['null', 'The body is null, not an object.'],
    ['7', 'The body is a number, not an object.'],
    ['"x"', 'The body is a string, not an object.'],
    ['NaN', 'The body is a string, not an object.'],
  ])('refuses %s', (text, message) => {
    expect(decodeBatch(Buffer.from(text), context)).toEqual({ code: 'invalid_request', message })
  })

  it('rejects only the trace that holds a bare NaN in its latency, and the field elsewhere', () => {
    const batch = batchOf(
      '{"traces":[{"total_latency_ms":NaN},{"total_latency_ms":1,"retrieval_latency_ms":-Infinity,"metadata":{"a":Infinity}}]}',
    )
    expect(batch.traces.map(({ index }) => index)).toEqual([1])
    expect(batch.traces[0]?.event).toMatchObject({ total_latency_ms: 1, metadata: { a: 'Infinity' } })
    expect(batch.traces[0]?.event.retrieval).toBeUndefined()
    expect(batch.issueCounts).toEqual({ not_finite: 2 })
  })

  it('gives the traces of one body the same ids each time, and those of another body others', () => {
    const body = {
      traces: [
        { timestamp: NOW, total_latency_ms: 1 },
        { timestamp: NOW, total_latency_ms: 1 },
      ],
    }
    const first = ids(batchOf(body))
    expect(new Set(first).size).toBe(2)
    expect(ids(batchOf(body, { ...context, receivedAt: NOW + 5000 }))).toEqual(first)
    expect(ids(batchOf({ ...body, extra: 1 }))).not.toEqual(first)
  })

  it('never gives two undated traces without id the same one', () => {
    const body = { traces: [{ total_latency_ms: 1 }, { total_latency_ms: 1 }] }
    const all = [...ids(batchOf(body)), ...ids(batchOf(body))]
    expect(new Set(all).size).toBe(4)
  })

  it('makes every string well-formed, keys and nested texts too', () => {
    const half = String.raw`\ud83d`
    const batch = batchOf(`{
      "client": {"instance": "i${half}", "name": "${half}"},
      "resource": {"service": "s${half}"},
      "dropped": {"r${half}": 2},
      "traces": [{"id": "t${half}", "total_latency_ms": 1, "org": "o${half}", "error_type": "e${half}",
        "metadata": {"k${half}": "v${half}", "n": {"x": "${half}"}},
        "stages": [{"stage": "tool", "duration_ms": 1, "name": "${half}", "attributes": {"a${half}": "${half}"}}],
        "generations": [{"model": "m${half}", "provider": "p${half}"}],
        "retrieval": {"retriever": "${half}", "documents": [{"id": "d${half}"}]}}],
      "measurements": [{"metric": "rag_requests_total", "type": "counter", "delta": 1, "minute": ${NOW},
        "labels": {"service": "${half}", "model": "${half}"}}],
      "ledger": [{"kind": "requests", "day": "2026-01-15", "org": "${half}", "dimensions": {"d${half}": "${half}"}}]
    }`)
    expect(batch.traces).toHaveLength(1)
    expect(batch.measurements).toHaveLength(1)
    expect(batch.ledger).toHaveLength(1)
    // JSON.stringify writes half a pair as an escape, and a whole character as itself.
    expect(JSON.stringify(batch)).not.toMatch(/(?<!\\)\\ud[89a-f]/i)
  })

  it('keeps characters of several code units whole', () => {
    const batch = batchOf(String.raw`{"traces":[{"total_latency_ms":1,"org":"\ud83d\ude00 é"}]}`)
    expect(batch.traces[0]?.event).toMatchObject({ org: '😀 é', service: UNKNOWN_SERVICE })
  })

  it('takes traces nested beyond reason for bad ones', () => {
    const deep = `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`
    const batch = batchOf(`{"traces":[{"total_latency_ms":1,"metadata":{"d":${deep}},"stages":${deep}},7]}`)
    expect(batch.traces).toHaveLength(1)
    expect(batch.traceCount).toBe(2)
  })
})

describe('decodeObject', () => {
  it('gives the object, or says what is there instead', () => {
    expect(decodeObject(Buffer.from('{"id":"a"}'))).toEqual({ value: { id: 'a' } })
    expect(decodeObject(Buffer.from('["id"]'))).toMatchObject({ code: 'invalid_request' })
    expect(decodeObject(Buffer.from('{"id"'))).toMatchObject({ code: 'invalid_json' })
  })
})
