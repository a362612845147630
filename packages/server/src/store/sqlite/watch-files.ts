/** Whether the names of the database still lead to the files that are open: deleting or replacing those fails no write. */
import { identityOfFile } from '../../lib/file-identity.ts'

const REMEDY = 'Nothing is stored until it is back in its place, or the daemon is started again.'

/**
 * To be called once the database is open.
 * @param path of the database; its write-ahead log is the same file for as long as a connection is open
 * @returns what says why what is written now would be lost; null if it would not. It costs two looks at a folder.
 */
export function watchFiles(path: string): () => string | null {
  const watched = ['', '-wal'].map((suffix) => ({
    file: path + suffix,
    opened: identityOfFile(path + suffix),
  }))
  return () => {
    for (const { file, opened } of watched) {
      const found = identityOfFile(file)
      if (found === undefined || found === opened) continue
      return found === null
        ? `The file ${file} has been deleted or moved away while the daemon has it open. ${REMEDY}`
        : `The file ${file} has been replaced by another while the daemon has it open. ${REMEDY}`
    }
    return null
  }
}
