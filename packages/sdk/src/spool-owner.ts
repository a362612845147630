/** Who writes to a folder of the spool, and whether that process still lives. */
import * as fs from 'node:fs'
import { hostname } from 'node:os'
import * as path from 'node:path'

interface Owner {
  readonly host: string
  readonly pid: number
  readonly instance: string
}

const OWNER_FILE = 'owner.json'
/** A process that says nothing for this long is taken for gone; clients say it every few seconds. */
const SILENCE_MAX_MS = 60_000

/** A restarted container has the name and the process id of the one before: these are the instances of this run. */
const livingHere = new Set<string>()

/** The client of this instance has closed: what it left may be taken over, by this process too. */
export function retire(instance: string): void {
  livingHere.delete(instance)
}

export class SpoolOwner {
  readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  /** @throws if the folder cannot be made or written */
  static claim(folder: string, instance: string): SpoolOwner {
    const owner: Owner = { host: hostname(), pid: process.pid, instance }
    livingHere.add(instance)
    if (fs.existsSync(folder)) {
      fs.writeFileSync(path.join(folder, OWNER_FILE), JSON.stringify(owner))
    } else {
      // Made beside and moved, so that no other process sees the folder without its owner.
      const made = `${folder}.new`
      fs.mkdirSync(made, { recursive: true, mode: 0o700 })
      fs.writeFileSync(path.join(made, OWNER_FILE), JSON.stringify(owner))
      fs.renameSync(made, folder)
    }
    return new SpoolOwner(folder)
  }

  beat(): void {
    const now = new Date()
    try {
      fs.utimesSync(path.join(this.folder, OWNER_FILE), now, now)
    } catch {
      // The folder was taken over by a process that took this one for gone; the next write makes it anew.
    }
  }

  release(): void {
    fs.rmSync(path.join(this.folder, OWNER_FILE), { force: true })
  }
}

export function isOwnerAlive(folder: string): boolean {
  const file = path.join(folder, OWNER_FILE)
  const stat = statOf(file)
  if (typeof stat === 'string') return stat === 'foreign'
  const owner = readOwner(file)
  // A file that cannot be read may be just being written.
  if (owner?.host === hostname()) {
    if (owner.pid === process.pid) return livingHere.has(owner.instance)
    if (!isRunning(owner.pid)) return false
  }
  return Date.now() - stat.mtimeMs < SILENCE_MAX_MS
}

/** @returns 'foreign' if it lies in what is no folder, or in one of another user: neither is ours to take over */
function statOf(file: string): fs.Stats | 'absent' | 'foreign' {
  try {
    return fs.statSync(file, { throwIfNoEntry: false }) ?? 'absent'
  } catch {
    return 'foreign'
  }
}

function readOwner(file: string): Owner | undefined {
  try {
    const owner = JSON.parse(fs.readFileSync(file, 'utf8')) as Partial<Owner> | null
    const { host, pid, instance } = owner ?? {}
    if (typeof host !== 'string' || typeof pid !== 'number' || typeof instance !== 'string') return undefined
    return { host, pid, instance }
  } catch {
    return undefined
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Without the right to signal it, it is there.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
