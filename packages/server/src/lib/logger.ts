/** The daemon's log: JSON lines by pino. What a query or an answer says is never logged. */
import { destination, pino } from 'pino'
import type { Logger } from 'pino'

export type { Logger } from 'pino'

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export interface LoggerOptions {
  level: LogLevel
  /** Path of the file to append to; its folder is made. @default standard output */
  file?: string | undefined
}

export function createLogger(options: LoggerOptions): Logger {
  const settings = {
    level: options.level,
    base: { pid: process.pid },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  }
  // Synchronous, so that the last line before a crash is there. The daemon logs a few lines a minute, not one a request.
  const stream = destination(
    options.file === undefined
      ? { dest: 1, sync: true }
      : { dest: options.file, sync: true, append: true, mkdir: true },
  )
  return pino(settings, stream)
}
