/** One listener for all clients of a process: its last batches when nothing is left to do, its spool when it ends. */

export interface ExitListener {
  /** The event loop is empty: there is time for one last attempt. */
  beforeExit(): void
  /** The process ends now: nothing asynchronous runs any more. */
  exit(): void
}

const listeners = new Set<ExitListener>()

function beforeExit(): void {
  for (const listener of listeners) listener.beforeExit()
}

function exit(): void {
  for (const listener of listeners) listener.exit()
}

/** @returns a function that takes the listener away again */
export function onExit(listener: ExitListener): () => void {
  if (listeners.size === 0) {
    process.on('beforeExit', beforeExit)
    process.on('exit', exit)
  }
  listeners.add(listener)
  return () => {
    if (!listeners.delete(listener) || listeners.size > 0) return
    process.off('beforeExit', beforeExit)
    process.off('exit', exit)
  }
}
