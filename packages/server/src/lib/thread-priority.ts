/** Lets other threads go first where processors are few. */
import { readlinkSync } from 'node:fs'
import { constants, setPriority } from 'node:os'

/**
 * Lowers the priority of the thread that calls it. Linux schedules threads one by one and names them below /proc;
 * where that is not so, nothing happens.
 */
export function lowerThreadPriority(): void {
  try {
    const threadId = Number(/\/task\/(\d+)$/.exec(readlinkSync('/proc/thread-self'))?.[1])
    if (threadId > 0) setPriority(threadId, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // Not Linux, or not allowed: queries then compete as equals.
  }
}
