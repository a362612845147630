/** The daemon's log: JSON lines by pino. What a query or an answer says is never logged. */
import { dirname } from 'node:path'
import { destination, pino } from 'pino'
import type { Logger } from 'pino'
import { makeFolder } from './make-folder.ts'

export type { Logger } from 'pino'

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export interface LoggerOptions {
  level: LogLevel
  /** Path of the file to append to; it and its folder are made, for their owner only. @default standard output */
  file?: string | undefined
}

/** What waits for a disk that is full. Lines beyond it are lost, and counted. */
const WAITING_BYTES_MAX = 1024 * 1024

/** @throws the error of the system if the file cannot be opened */
export function createLogger(options: LoggerOptions): Logger {
  const settings = {
    level: options.level,
    base: { pid: process.pid },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  }
  if (options.file !== undefined) makeFolder(dirname(options.file))
  const stream = destination({
    dest: options.file ?? 1,
    // So that the last line before a crash is there. The daemon logs a few lines a minute, not one a request.
    sync: true,
    append: true,
    mode: 0o600,
    maxLength: WAITING_BYTES_MAX,
  })
  const logger = pino(settings, stream)
  outlast(stream, (lines) => logger.warn({ lines }, 'the log could not be written, and lines of it are lost'))
  return logger
}

interface LogStream {
  on(event: 'error' | 'drop' | 'drain', listener: () => void): unknown
}

/** A log that cannot be written is no reason to end: lines wait, and are written with the next one that can be. */
export function outlast(stream: LogStream, tell: (lines: number) => void): void {
  let lost = 0
  // Without a listener the error would be thrown at whoever logs.
  stream.on('error', () => {})
  stream.on('drop', () => {
    lost += 1
  })
  stream.on('drain', () => {
    const lines = lost
    lost = 0
    if (lines > 0) tell(lines)
  })
}
