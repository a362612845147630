/**
 * Lets the sender of a refused body see the answer. A client that is still sending when its connection is closed
 * gets a reset, and never reads why; so the rest is read and thrown away, within limits.
 */
import type { IncomingMessage } from 'node:http'

export interface DrainLimits {
  drainBytesMax: number
  drainTimeoutMs: number
}

export function drain(request: IncomingMessage, limits: DrainLimits): void {
  if (request.readableEnded || request.destroyed) return
  let bytes = 0
  const giveUp = () => request.destroy()
  const timer = setTimeout(giveUp, limits.drainTimeoutMs)
  timer.unref()
  request.on('data', (chunk: Uint8Array) => {
    bytes += chunk.length
    if (bytes > limits.drainBytesMax) giveUp()
  })
  request.on('error', () => {})
  request.on('close', () => clearTimeout(timer))
  request.resume()
}
