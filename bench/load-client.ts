/**
 * A closed-loop load over raw sockets: every connection sends its next prepared request when the last is answered.
 * Runs in a process of its own; costs a few microseconds a request, so that the server is what is measured.
 * Reads port, connections, requests and the shape of the batches from its arguments; prints JSON.
 */
import { connect } from 'node:net'
import { flatBatch } from './flat-batch.ts'

const [port, connections, requests, tracesPerRequest, firstBatch, firstAt, tracesPerMs] = process.argv
  .slice(2)
  .map(Number) as [number, number, number, number, number, number, number]

function requestBytes(batch: number): Buffer {
  const body = flatBatch(tracesPerRequest, firstBatch + batch, { startedAt: firstAt, tracesPerMs })
  const head = `POST /ingest HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`
  return Buffer.from(head + body)
}

const prepared = Array.from({ length: requests }, (_, batch) => requestBytes(batch))
const latencies: number[] = []
let sent = 0
let failed = 0
let bodyBytes = 0

async function run(): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    let startedAt = 0
    const next = () => {
      const request = prepared[sent]
      if (request === undefined) {
        socket.end()
        resolve()
        return
      }
      sent += 1
      bodyBytes += request.length
      startedAt = performance.now()
      socket.write(request)
    }
    socket.on('connect', next)
    // Answers are a few hundred bytes and come in one piece; 1xx and split heads do not occur on loopback.
    socket.on('data', (data) => {
      latencies.push(performance.now() - startedAt)
      const status = data.subarray(9, 12).toString('latin1')
      if (!status.startsWith('2')) failed += 1
      next()
    })
    socket.on('error', reject)
  })
}

const startedAt = performance.now()
await Promise.all(Array.from({ length: connections }, run))
const seconds = (performance.now() - startedAt) / 1000
latencies.sort((left, right) => left - right)
const quantile = (q: number) => latencies[Math.floor(q * (latencies.length - 1))]
console.log(
  JSON.stringify({
    seconds,
    failed,
    bodyBytes,
    requestsPerSecond: requests / seconds,
    tracesPerSecond: (requests * tracesPerRequest) / seconds,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    maxMs: quantile(1),
  }),
)
