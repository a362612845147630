/** Why a daemon could not start, in words and as an exit code. */
import { ConfigError, StoreError } from '@ragmeter/server'
import type { ServerConfig } from '@ragmeter/server'
import { CommandError, messageOf, systemCodeOf } from './command-error.ts'
import type { ExitName } from './exit-codes.ts'
import { localUrl } from './local-url.ts'
import { probe } from './probe.ts'
import type { Probe } from './probe.ts'

const PROBE_TIMEOUT_MS = 2000
const CAUSES_MAX = 5
const EXIT_OF_STORE_ERROR = {
  in_use: 'database_in_use',
  not_empty: 'database_not_empty',
  fatal: 'database_unusable',
  retryable: 'database_unusable',
} as const satisfies Record<StoreError['kind'], ExitName>

/** What the system says of files that it does not let us read or write. */
const DENIALS: readonly string[] = ['EACCES', 'EPERM', 'EROFS', 'EISDIR', 'ENOTDIR', 'ENOENT', 'ELOOP', 'EIO']
const NO_SPACE: readonly string[] = ['ENOSPC', 'EDQUOT']

/** The error of a command for anything that was thrown. */
export function commandErrorOf(error: unknown): CommandError {
  if (error instanceof CommandError) return error
  if (error instanceof ConfigError)
    return new CommandError('config_invalid', error.message, error.hint, error)
  if (error instanceof StoreError) {
    return new CommandError(EXIT_OF_STORE_ERROR[error.kind], error.message, error.hint, error)
  }
  const code = systemCodeOf(error)
  if (DENIALS.includes(code) || NO_SPACE.includes(code)) {
    const remedy = NO_SPACE.includes(code)
      ? 'Free space there, or choose another place for it.'
      : 'Check that it is there and whose it is, or choose another place for it, such as with --home or --log-file.'
    return new CommandError('denied', `The system refuses: ${messageOf(error)}.`, remedy, error)
  }
  return new CommandError('failure', `${messageOf(error)}.`, 'Please report it, with what you did.', error)
}

/** The same for what `startServer` throws: the system's errors tell about host and port. */
export async function explainStartFailure(error: unknown, config: ServerConfig): Promise<CommandError> {
  const { host, port } = config
  const { code, syscall } = firstSystemError(error)
  // Files are refused with the same codes, and are no matter of the port.
  if (syscall !== 'listen' && syscall !== 'getaddrinfo') return commandErrorOf(error)
  switch (code) {
    case 'EADDRINUSE':
      return portBusy(port, await probe(localUrl(host, port), config.token, PROBE_TIMEOUT_MS))
    case 'EACCES':
      return new CommandError(
        'denied',
        `The system does not let this user listen on port ${port}.`,
        'Choose a port above 1023 with --port.',
        error,
      )
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new CommandError(
        'config_invalid',
        `This machine has no address ${host}.`,
        'Choose one of its own with --host: 127.0.0.1 for this machine only, 0.0.0.0 for all networks.',
        error,
      )
    default:
      return commandErrorOf(error)
  }
}

function portBusy(port: number, answer: Probe): CommandError {
  const remedy = 'Choose another port with --port or RAGMETER_PORT.'
  if (answer.answer === 'ragmeter') {
    const { pid, version } = answer.health
    return new CommandError(
      'port_busy',
      `Port ${port} is taken by another ragmeter (pid ${pid}, version ${version}).`,
      `Use that one, or stop it with its own --home or RAGMETER_HOME. Or: ${remedy}`,
    )
  }
  if (answer.answer === 'locked' || answer.answer === 'stopping') {
    return new CommandError('port_busy', `Port ${port} is taken by another ragmeter.`, remedy)
  }
  return new CommandError('port_busy', `Port ${port} is taken by another program.`, remedy)
}

interface SystemError {
  code: string
  /** What was asked of the system: '' if the error does not say. */
  syscall: string
}

/** Of the error or of what caused it. */
function firstSystemError(error: unknown): SystemError {
  let current = error
  for (let depth = 0; depth < CAUSES_MAX && current instanceof Error; depth += 1) {
    const code = systemCodeOf(current)
    const syscall = 'syscall' in current && typeof current.syscall === 'string' ? current.syscall : ''
    if (code !== '') return { code, syscall }
    current = current.cause
  }
  return { code: '', syscall: '' }
}
