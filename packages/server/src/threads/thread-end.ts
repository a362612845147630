import type { Worker } from 'node:worker_threads'

/**
 * Waits until a thread that was asked to end has ended. None is terminated: a thread that is cut off in the middle of
 * a call to SQLite aborts the process, and with it the answers that are still being written.
 */
export function threadEnd(worker: Worker): Promise<void> {
  // A thread that has ended has no id any more, and no further event.
  if (worker.threadId === -1) return Promise.resolve()
  return new Promise((resolve) => worker.once('exit', () => resolve()))
}
