/** Reads ragmeter.yaml. A key that is not known is an error: a typo must not silently mean the default. */
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { isObject } from '@ragmeter/core'
import { parseDocument } from 'yaml'
import type { Document } from 'yaml'
import { ConfigError } from './config-error.ts'
import { didYouMean } from './lib/nearest.ts'

const FILE_BYTES_MAX = 1024 * 1024

export interface ConfigFile {
  path: string
  /** Relative paths of the file start here. */
  folder: string
  values: Readonly<Record<string, unknown>>
}

/**
 * @param explicit a path that was asked for: it must exist
 * @param fallback a path that may exist
 * @param sections names of what is no option, but read by others
 * @throws ConfigError
 */
export function readConfigFile(
  explicit: string | undefined,
  fallback: string,
  options: readonly { name: string; inFile: boolean; flag: string }[],
  sections: readonly string[],
): ConfigFile | undefined {
  const path = explicit ?? fallback
  const source = readSource(path, explicit === undefined)
  if (source === undefined) return undefined
  const document = parseDocument(source, { prettyErrors: true, uniqueKeys: true })
  const [error] = document.errors
  if (error !== undefined) {
    throw new ConfigError(`${path} is not valid YAML: ${error.message}`, 'Correct the line it names.', error)
  }
  const values = toValues(document, path)
  if (!isObject(values)) {
    throw new ConfigError(
      `${path} holds no options.`,
      'Write one `name: value` a line; see docs/reference/config.md.',
    )
  }
  const known = [...options.filter(({ inFile }) => inFile).map(({ name }) => name), ...sections]
  for (const key of Object.keys(values)) {
    if (known.includes(key)) continue
    const elsewhere = options.find(({ name }) => name === key)
    throw new ConfigError(
      `${path}: there is no option ${JSON.stringify(key.slice(0, 64))}.`,
      elsewhere === undefined
        ? `Known options: ${known.join(', ')}.${didYouMean(key, known)}`
        : `It cannot be set in the file: use ${elsewhere.flag}.`,
    )
  }
  return { path, folder: dirname(path), values }
}

function toValues(document: Document, path: string): unknown {
  try {
    // Few aliases: a file of nested ones could expand to gigabytes.
    return document.toJS({ maxAliasCount: 20 }) ?? {}
  } catch (error) {
    throw new ConfigError(
      `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      'Write the values out instead of aliases.',
      error,
    )
  }
}

function readSource(path: string, mayBeMissing: boolean): string | undefined {
  try {
    const source = readFileSync(path, 'utf8')
    if (source.length <= FILE_BYTES_MAX) return source
    throw new ConfigError(`${path} is longer than ${FILE_BYTES_MAX} bytes.`, 'This is no configuration file.')
  } catch (error) {
    if (error instanceof ConfigError) throw error
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' && mayBeMissing) return undefined
    throw new ConfigError(`Cannot read ${path}: ${message}`, 'Check the path of --config.', error)
  }
}
