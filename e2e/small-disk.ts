/** A disk that can be filled, and become read-only, without harm to others. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Only root mounts file systems. */
export const canMount = process.getuid?.() === 0
export const mountNote = canMount ? '' : ' (needs root: it mounts a small file system)'

/** A file system of its own, of the given size. */
export class SmallDisk implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'ragmeter-disk-'))

  constructor(megabytes: number) {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', this.directory])
  }

  remount(option: 'ro' | 'rw'): void {
    execFileSync('mount', ['-o', `remount,${option}`, this.directory])
  }

  [Symbol.dispose](): void {
    execFileSync('umount', ['-l', this.directory])
    rmSync(this.directory, { recursive: true, force: true })
  }
}
