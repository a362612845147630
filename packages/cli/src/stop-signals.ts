/** Signals as a request to stop: the first ends the daemon gracefully, the second at once. */
import { constants } from 'node:os'

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** 128 + the number of the signal, as shells have it. */
export function exitCodeOfSignal(name: StopSignal): number {
  return 128 + constants.signals[name]
}

export interface StopSignals {
  /** Resolves with the first signal. */
  readonly requested: Promise<StopSignal>
  /** Gives the signals back to the system. */
  release(): void
}

export interface SignalSource {
  on(name: StopSignal, listener: (name: StopSignal) => void): unknown
  off(name: StopSignal, listener: (name: StopSignal) => void): unknown
}

/**
 * @param ignoreHangUp a daemon in the background outlives the terminal it was started from
 * @param exit ends the process at once
 */
export function listenForStop(
  source: SignalSource,
  ignoreHangUp: boolean,
  exit: (code: number) => void,
): StopSignals {
  let told = false
  let resolve: (name: StopSignal) => void
  const requested = new Promise<StopSignal>((settle) => {
    resolve = settle
  })
  const onSignal = (name: StopSignal) => {
    if (told) exit(exitCodeOfSignal(name))
    told = true
    resolve(name)
  }
  const onHangUp = ignoreHangUp ? () => {} : onSignal
  source.on('SIGINT', onSignal)
  source.on('SIGTERM', onSignal)
  source.on('SIGHUP', onHangUp)
  return {
    requested,
    release() {
      source.off('SIGINT', onSignal)
      source.off('SIGTERM', onSignal)
      source.off('SIGHUP', onHangUp)
    },
  }
}
