import type { AlertSpecification } from '@ragmeter/ops'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { advance, alertId, forgetResolved, skipPause } from './alert-state.ts'
import type { ActiveAlerts } from './alert-state.ts'

const MINUTE = 60_000

function specification(forMinutes: number, keepFiringMinutes = 0): AlertSpecification {
  return {
    name: 'RagTest',
    family: 'errors',
    severity: 'warning',
    when: { kind: 'compare', signal: { kind: 'always' }, comparison: '==', threshold: 1 },
    forMinutes,
    keepFiringMinutes,
    summary: 'A test.',
    description: 'A test.',
    valueFormat: 'number',
    dashboard: 'overview',
  }
}

const SAMPLE = { labels: { service: 'docs' }, value: 7 }

/** The states after each step of `stepMs`, in which the condition holds or does not. */
function statesOf(alert: AlertSpecification, holds: readonly boolean[], stepMs: number): string[] {
  const active: ActiveAlerts = new Map()
  return holds.map((holding, step) => {
    advance(alert, active, holding ? [SAMPLE] : [], step * stepMs)
    return active.get(alertId('RagTest', SAMPLE.labels))?.state ?? 'inactive'
  })
}

describe('advance', () => {
  test('fires at once without `for`, and resolves at once', () => {
    expect(statesOf(specification(0), [true, false], MINUTE)).toEqual(['firing', 'resolved'])
  })

  test('is pending until the condition has held for `for`, not a step earlier', () => {
    const states = statesOf(specification(2), [true, true, true], MINUTE)
    expect(states).toEqual(['pending', 'pending', 'firing'])
  })

  test('one evaluation that does not hold starts `for` again', () => {
    const states = statesOf(specification(2), [true, true, false, true, true, true], MINUTE)
    expect(states).toEqual(['pending', 'pending', 'inactive', 'pending', 'pending', 'firing'])
  })

  test('goes on firing until the condition has not held for keepFiring', () => {
    const states = statesOf(specification(0, 2), [true, false, false, true, false, false, false], MINUTE)
    expect(states).toEqual(['firing', 'firing', 'firing', 'firing', 'firing', 'firing', 'resolved'])
  })

  test('a resolved alert that holds again is a new one', () => {
    const states = statesOf(specification(1), [true, true, false, true, true], MINUTE)
    expect(states).toEqual(['pending', 'firing', 'resolved', 'pending', 'firing'])
  })

  test('one that was only pending again is what it was: resolved', () => {
    const states = statesOf(specification(2), [true, true, true, false, true, false, false], MINUTE)
    expect(states.slice(2)).toEqual(['firing', 'resolved', 'pending', 'resolved', 'resolved'])
  })

  test('keeps label sets apart', () => {
    const active: ActiveAlerts = new Map()
    const other = { labels: { service: 'chat' }, value: 1 }
    advance(specification(0), active, [SAMPLE, other], 0)
    advance(specification(0), active, [other], MINUTE)
    expect(Array.from(active.values(), ({ labels, state }) => [labels['service'], state])).toEqual([
      ['docs', 'resolved'],
      ['chat', 'firing'],
    ])
  })

  test('never fires before `for`, and each transition starts where the last one ended', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 0, max: 5 }),
        fc.integer({ min: 0, max: 5 }),
        (holds, forMinutes, keepMinutes) => {
          const alert = specification(forMinutes, keepMinutes)
          const active: ActiveAlerts = new Map()
          let state = 'inactive'
          let heldSteps = 0
          for (const [step, holding] of holds.entries()) {
            heldSteps = holding ? heldSteps + 1 : 0
            for (const { from, to } of advance(alert, active, holding ? [SAMPLE] : [], step * MINUTE)) {
              expect(from === 'inactive' ? ['inactive', 'resolved'] : [from]).toContain(state)
              expect(to !== 'firing' || heldSteps > forMinutes).toBe(true)
              expect(to !== 'resolved' || !holding).toBe(true)
              state = to
            }
            expect(heldSteps <= forMinutes || state === 'firing').toBe(true)
          }
        },
      ),
    )
  })
})

test('forgetResolved drops an alert a quarter of an hour after its end, if nobody has to be told of that any more', () => {
  const active: ActiveAlerts = new Map()
  const isLeft = (at: number, isAwaited: boolean) => {
    forgetResolved(active, at, () => isAwaited)
    return active.size > 0
  }
  advance(specification(0), active, [SAMPLE], 0)
  expect(isLeft(60 * MINUTE, false)).toBe(true)
  advance(specification(0), active, [], 60 * MINUTE)
  expect(isLeft(75 * MINUTE, false)).toBe(true)
  expect(isLeft(76 * MINUTE, true)).toBe(true)
  expect(isLeft(76 * MINUTE, false)).toBe(false)
})

test('skipPause lets a pending alert wait for its whole `for`, as if the pause had not been', () => {
  const active: ActiveAlerts = new Map()
  advance(specification(5), active, [SAMPLE], 0)
  advance(specification(5), active, [SAMPLE], 2 * MINUTE)
  for (const one of active.values()) skipPause(one, 60 * MINUTE)
  advance(specification(5), active, [SAMPLE], 64 * MINUTE)
  expect(Array.from(active.values(), ({ state }) => state)).toEqual(['pending'])
  advance(specification(5), active, [SAMPLE], 65 * MINUTE)
  expect(Array.from(active.values(), ({ state }) => state)).toEqual(['firing'])
})

test('alertId does not depend on the order of labels, and tells labels apart', () => {
  expect(alertId('A', { a: '1', b: '2' })).toBe(alertId('A', { b: '2', a: '1' }))
  expect(alertId('A', { a: '1' })).not.toBe(alertId('A', { a: '2' }))
  expect(alertId('A', {})).not.toBe(alertId('B', {}))
})
