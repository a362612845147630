/**
 * The state machine of alerts, as Prometheus has it: a label set for which the condition holds is pending, and fires when it
 * has held for long enough; one that fires goes on until the condition has not held for `keepFiringMinutes`. Pure.
 */
import { createHash } from 'node:crypto'
import { MINUTE_MS } from '@ragmeter/core'
import type { AlertSpecification } from '@ragmeter/ops'
import type { Sample } from './evaluate.ts'

export type AlertState = 'pending' | 'firing' | 'resolved'

/** One alert for one label set, from the moment its condition first held. Times are epoch milliseconds. */
export interface ActiveAlert {
  /** Of its name and labels; the same in every process. */
  readonly id: string
  /** Name of the specification. */
  readonly name: string
  /** Labels of the signal. */
  readonly labels: Readonly<Record<string, string>>
  state: AlertState
  /** The value when the condition last held. */
  value: number
  /** Since when the condition holds without a break. */
  activeAt: number
  /** When it fired last; also of one that is pending again. */
  firedAt: number | null
  /** Since when the condition does not hold any more while the alert is kept firing. */
  quietSince: number | null
  resolvedAt: number | null
}

/** A change of state; `inactive` is where an alert comes from and goes to. */
export interface Transition {
  readonly at: number
  readonly id: string
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly from: AlertState | 'inactive'
  readonly to: AlertState | 'inactive'
  readonly value: number
}

/** Label sets of one alert: beyond them the rest is left out, and said to be. */
export const LABEL_SETS_MAX = 1000
/** A resolved alert is shown for so long. */
const RESOLVED_MS = 15 * MINUTE_MS

export function alertId(name: string, labels: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(labels).sort(([left], [right]) => (left < right ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([name, sorted]))
    .digest('hex')
    .slice(0, 16)
}

/** Label sets are asked for in every round, and are the same objects in each: their ids are made once. */
const knownIds = new WeakMap<object, Map<string, string>>()

function knownId(name: string, labels: Readonly<Record<string, string>>): string {
  let ids = knownIds.get(labels)
  if (ids === undefined) {
    ids = new Map<string, string>()
    knownIds.set(labels, ids)
  }
  let id = ids.get(name)
  if (id === undefined) ids.set(name, (id = alertId(name, labels)))
  return id
}

/** The alerts of one specification that are not inactive, by id. */
export type ActiveAlerts = Map<string, ActiveAlert>

/**
 * Moves the alerts of one specification on.
 * @param samples the label sets for which its condition holds now
 * @param at epoch milliseconds
 * @returns what changed, in no particular order
 */
export function advance(
  alert: AlertSpecification,
  active: ActiveAlerts,
  samples: readonly Sample[],
  at: number,
): Transition[] {
  const holding = new Map(
    samples.slice(0, LABEL_SETS_MAX).map((sample) => [knownId(alert.name, sample.labels), sample]),
  )
  const transitions: Transition[] = []
  const move = (one: ActiveAlert, from: Transition['from'], to: Transition['to']) =>
    transitions.push({ at, id: one.id, name: one.name, labels: one.labels, from, to, value: one.value })
  for (const [id, { labels, value }] of holding) {
    let one = active.get(id)
    if (one === undefined || one.state === 'resolved') {
      // When it fired and resolved before is kept: if it only was pending, somebody may still have to be told of that.
      const { firedAt = null, resolvedAt = null } = one ?? {}
      const { name } = alert
      one = {
        id,
        name,
        labels,
        state: 'pending',
        value,
        activeAt: at,
        firedAt,
        quietSince: null,
        resolvedAt,
      }
      active.set(id, one)
      if (alert.forMinutes > 0) move(one, 'inactive', 'pending')
    }
    one.value = value
    one.quietSince = null
    if (one.state === 'pending' && at - one.activeAt >= alert.forMinutes * MINUTE_MS) {
      one.state = 'firing'
      one.firedAt = at
      one.resolvedAt = null
      move(one, alert.forMinutes > 0 ? 'pending' : 'inactive', 'firing')
    }
  }
  for (const one of active.values()) if (!holding.has(one.id)) calmDown(alert, active, one, at, move)
  return transitions
}

function calmDown(
  alert: AlertSpecification,
  active: ActiveAlerts,
  one: ActiveAlert,
  at: number,
  move: (one: ActiveAlert, from: Transition['from'], to: Transition['to']) => unknown,
): void {
  if (one.state === 'pending') {
    if (one.resolvedAt === null) active.delete(one.id)
    else {
      one.state = 'resolved'
      one.activeAt = one.firedAt ?? one.activeAt
    }
    move(one, 'pending', 'inactive')
  } else if (one.state === 'firing') {
    one.quietSince ??= at
    if (at - one.quietSince < (alert.keepFiringMinutes ?? 0) * MINUTE_MS) return
    one.state = 'resolved'
    one.resolvedAt = at
    move(one, 'firing', 'resolved')
  }
}

/** Drops what has been over for long. @param isAwaited whether somebody has still to be told that it is over */
export function forgetResolved(active: ActiveAlerts, at: number, isAwaited: (id: string) => boolean): void {
  for (const { id, state, resolvedAt } of active.values()) {
    const isOld = state === 'resolved' && at - (resolvedAt ?? 0) > RESOLVED_MS
    if (isOld && !isAwaited(id)) active.delete(id)
  }
}

/** After a pause in which nothing was evaluated: what was pending has not been seen to hold meanwhile. */
export function skipPause(one: ActiveAlert, pauseMs: number): void {
  if (one.state === 'pending') one.activeAt += pauseMs
  if (one.quietSince !== null) one.quietSince += pauseMs
}
