/** What every command gets: where the state is, how to reach the daemon, where to write. */
import type { Terminal } from '../output.ts'

export interface CommandContext {
  /** The home folder: the daemon's home. */
  readonly folder: string
  /** The token as stated by flag, variable or configuration file; undefined if there is none. */
  readonly token: string | undefined
  readonly terminal: Terminal
  /** Version of this package. */
  readonly version: string
}
