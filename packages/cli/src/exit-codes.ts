/** Every exit code of the command line, named, with its meaning. The reference page is generated from it. */
export const EXIT_CODES = {
  ok: { code: 0, meaning: 'Done. For `status`: the daemon is running and healthy.' },
  failure: { code: 1, meaning: 'Something unforeseen went wrong; the message and the log say what.' },
  usage: { code: 2, meaning: 'An unknown command or option, or a value that does not fit.' },
  not_running: { code: 3, meaning: 'No daemon runs for this home folder.' },
  already_running: { code: 4, meaning: 'A daemon runs for this home folder already.' },
  port_busy: { code: 5, meaning: 'The port is taken, by another program or another ragmeter.' },
  database_in_use: { code: 6, meaning: 'Another daemon has the database open.' },
  database_unusable: {
    code: 7,
    meaning: 'The database cannot be opened: corrupt, from a newer version, read-only or full.',
  },
  config_invalid: { code: 8, meaning: 'The configuration file, a variable or an option has a bad value.' },
  unresponsive: { code: 9, meaning: 'The daemon is there, but does not answer or does not end in time.' },
  unhealthy: { code: 10, meaning: 'The daemon answers and says that it cannot store what it receives.' },
  unauthorized: { code: 11, meaning: 'The daemon asks for a token, or for another one.' },
  denied: { code: 12, meaning: 'The operating system refuses: a file, a port or a process of another user.' },
  // Not 13: Node itself ends with that.
  storage_failed: {
    code: 14,
    meaning: 'The thread of the database ended, and the daemon with it: start it again.',
  },
  database_not_empty: {
    code: 15,
    meaning: 'The database holds data already, and the command writes into an empty one only.',
  },
} as const

export type ExitName = keyof typeof EXIT_CODES

/** The number the process ends with. */
export function exitCodeOf(name: ExitName): number {
  return EXIT_CODES[name].code
}
