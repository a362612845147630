import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { listenForStop } from './stop-signals.ts'

test('listenForStop: the first signal asks, the second ends at once with 128 + its number', async () => {
  const source = new EventEmitter()
  const exits: number[] = []
  const signals = listenForStop(source, false, (code) => exits.push(code))
  source.emit('SIGTERM', 'SIGTERM')
  await expect(signals.requested).resolves.toBe('SIGTERM')
  expect(exits).toEqual([])
  source.emit('SIGINT', 'SIGINT')
  source.emit('SIGTERM', 'SIGTERM')
  expect(exits).toEqual([130, 143])
})

test('listenForStop: a closed terminal stops a daemon in the foreground only', async () => {
  const [foreground, background] = [new EventEmitter(), new EventEmitter()]
  const stopped = listenForStop(foreground, false, () => {})
  const kept = listenForStop(background, true, () => {})
  foreground.emit('SIGHUP', 'SIGHUP')
  await expect(stopped.requested).resolves.toBe('SIGHUP')
  // A listener has to be there, or the system would end the process.
  expect(background.emit('SIGHUP', 'SIGHUP')).toBe(true)
  background.emit('SIGINT', 'SIGINT')
  await expect(kept.requested).resolves.toBe('SIGINT')
})

test('listenForStop: release gives all signals back', () => {
  const source = new EventEmitter()
  listenForStop(source, true, () => {}).release()
  expect(source.eventNames()).toEqual([])
})
