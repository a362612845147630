/** Finds the daemon of a home folder and says how it is, trusting neither the state file nor the pid in it. */
import { probe } from './probe.ts'
import type { Health, Probe } from './probe.ts'
import { compareProcess } from './process-identity.ts'
import type { Sameness } from './process-identity.ts'
import { readState } from './state-file.ts'
import type { DaemonRecord, StateReading } from './state-file.ts'

export type Finding =
  | { state: 'stopped' }
  /** A state file is left over; no daemon of this directory runs. */
  | { state: 'stale'; left: StateReading; reason: string }
  | { state: 'running'; record: DaemonRecord; health: Health }
  /** Runs, and asks for another token than ours. */
  | { state: 'locked'; record: DaemonRecord }
  | { state: 'stopping'; record: DaemonRecord }
  /** The process is there, but it does not answer at its address. */
  | { state: 'unresponsive'; record: DaemonRecord; reason: string }
  /** Answers at its address, but its process is not of this machine or container. */
  | { state: 'elsewhere'; record: DaemonRecord; health: Health }

export interface Seeker {
  /** The home folder. */
  folder: string
  token: string | undefined
  timeoutMs: number
}

/** @throws CommandError `denied` */
export async function findDaemon(seeker: Seeker): Promise<Finding> {
  const reading = readState(seeker.folder)
  if (reading.state === 'absent') return { state: 'stopped' }
  if (reading.state === 'unreadable') {
    return { state: 'stale', left: reading, reason: `The state file cannot be read: ${reading.reason}.` }
  }
  const { record } = reading
  const answer = await probe(record.url, seeker.token, seeker.timeoutMs)
  return judge(record, compareProcess(record.pid, record.processStart), answer)
}

/** The verdict: who the process is, and who answers at the address it noted down. */
export function judge(record: DaemonRecord, process: Sameness, answer: Probe): Finding {
  const ours =
    answer.answer === 'ragmeter' && answer.health.pid === record.pid && answer.health.nonce === record.nonce
  if (ours) {
    const present = process === 'same' || process === 'unknown'
    return { state: present ? 'running' : 'elsewhere', record, health: answer.health }
  }
  const left: StateReading = { state: 'present', record }
  if (process === 'gone') {
    const reason = `Process ${record.pid} ended without cleaning up (a crash, kill -9 or a power cut).`
    return { state: 'stale', left, reason }
  }
  if (process === 'other') {
    const reason = `Process ${record.pid} is another program now; the daemon that had this number has ended.`
    return { state: 'stale', left, reason }
  }
  if (answer.answer === 'locked') return { state: 'locked', record }
  if (answer.answer === 'stopping') return { state: 'stopping', record }
  if (process === 'unknown') {
    // Without the birth of the process only the answer can prove it ours, and the answer does not.
    const reason = `Process ${record.pid} does not answer as ragmeter at ${record.url}, so it is taken for another program.`
    return { state: 'stale', left, reason }
  }
  return { state: 'unresponsive', record, reason: silence(record, answer) }
}

function silence(record: DaemonRecord, answer: Probe): string {
  switch (answer.answer) {
    case 'timeout':
      return `it does not answer at ${record.url}`
    case 'ragmeter':
      return `another ragmeter (pid ${answer.health.pid}) answers at ${record.url}`
    case 'other_program':
      return `what answers at ${record.url} is not ragmeter (${answer.reason})`
    default:
      return `nothing listens at ${record.url}`
  }
}
