/**
 * Which process a pid means. A pid alone is no name: the system gives it to another program once its owner has
 * ended. Pid and moment of birth together are one for as long as the machine runs.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { systemCodeOf } from './command-error.ts'

/** `running` with null: it is there, but this system does not tell when it began. */
export type ProcessState = { state: 'gone' } | { state: 'running'; start: string | null }

/** Whether a process is still the one that was noted down. `unknown`: a process is there, birth not told. */
export type Sameness = 'same' | 'gone' | 'other' | 'unknown'

/** Looks a process up. A zombie counts as gone: it has ended, only its parent has not noticed. */
export function lookUpProcess(pid: number): ProcessState {
  if (!exists(pid)) return { state: 'gone' }
  return process.platform === 'linux' ? lookUpLinux(pid) : lookUpByPs(pid)
}

/** @param start what `lookUpProcess` said when the pid was noted down */
export function compareProcess(pid: number, start: string | null): Sameness {
  const now = lookUpProcess(pid)
  if (now.state === 'gone') return 'gone'
  if (start === null || now.start === null) return 'unknown'
  return now.start === start ? 'same' : 'other'
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it is there and belongs to someone else.
    return systemCodeOf(error) === 'EPERM'
  }
}

function lookUpLinux(pid: number): ProcessState {
  const text = readText(`/proc/${pid}/stat`)
  if (text === undefined) return exists(pid) ? { state: 'running', start: null } : { state: 'gone' }
  const stat = parseStat(text)
  if (stat === undefined) return { state: 'running', start: null }
  if (stat.state === 'Z' || stat.state === 'X') return { state: 'gone' }
  // Ticks are counted from boot, so the boot belongs to the name.
  const boot = readText('/proc/sys/kernel/random/boot_id')?.trim() ?? ''
  return { state: 'running', start: `${boot}:${stat.startTicks}` }
}

/** State and start time of a line of /proc/PID/stat. The program's name in it may hold blanks and parentheses. */
export function parseStat(text: string): { state: string; startTicks: string } | undefined {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [state, startTicks] = [fields[0], fields[19]]
  return state === undefined || startTicks === undefined ? undefined : { state, startTicks }
}

function lookUpByPs(pid: number): ProcessState {
  try {
    const output = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      timeout: 5000,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { PATH: '/bin:/usr/bin', LC_ALL: 'C', TZ: 'UTC' },
    })
    const [state, ...start] = output.trim().split(/\s+/)
    if (state?.startsWith('Z') === true) return { state: 'gone' }
    return { state: 'running', start: start.length > 0 ? start.join(' ') : null }
  } catch {
    return exists(pid) ? { state: 'running', start: null } : { state: 'gone' }
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
