/** A process that opens a database, says how it went, and holds it until it is killed. Run with the path as argument. */
import { openWritable } from '../src/store/sqlite/open.ts'
import { StoreError } from '../src/store/store.ts'

const [, , path = ''] = process.argv

try {
  const opened = openWritable(path)
  process.stdout.write('{"kind":"opened"}\n')
  // Held by the timer, or it would be closed when its memory is reclaimed.
  setInterval(() => opened.database, 60_000)
} catch (error) {
  if (!(error instanceof StoreError)) throw error
  const { kind, message, hint } = error
  process.stdout.write(`${JSON.stringify({ kind, message, hint })}\n`)
}
