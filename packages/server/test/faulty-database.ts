/** A database one of whose statements fails, or is the last before the process is killed. */
import type { Database, SqlValue, Statement } from '../src/lib/sqlite.ts'

interface Fault {
  /** Statements that still work. */
  after: number
  /** Called instead of the statement that fails. @returns what it throws */
  strike: () => Error
}

/** An error as the binding throws it. @param errcode of https://www.sqlite.org/rescode.html */
export function sqliteError(errcode: number, message: string): Error {
  return Object.assign(new Error(message), { errcode })
}

export class FaultyDatabase implements Database {
  readonly #database: Database
  #fault: Fault | undefined
  #dead: Error | undefined

  constructor(database: Database) {
    this.#database = database
  }

  /** The statement after so many more fails, once; those after it work again. */
  failAfter(statements: number, error: Error): void {
    this.#fault = { after: statements, strike: () => error }
  }

  /** Before the statement after so many more, `die` is called; from then on nothing works. */
  dieAfter(statements: number, die: () => void): void {
    this.#fault = {
      after: statements,
      strike: () => {
        die()
        this.#dead = new Error('the process was killed')
        return this.#dead
      },
    }
  }

  /** @returns whether the fault did not happen: there were fewer statements */
  clear(): boolean {
    const isPending = this.#fault !== undefined
    this.#fault = undefined
    return isPending
  }

  exec(sql: string): void {
    this.#strike()
    this.#database.exec(sql)
  }

  prepare(sql: string): Statement {
    const statement = this.#database.prepare(sql)
    const strike = () => this.#strike()
    return {
      run(...values: SqlValue[]) {
        strike()
        return statement.run(...values)
      },
      get(...values: SqlValue[]) {
        strike()
        return statement.get(...values)
      },
      all(...values: SqlValue[]) {
        strike()
        return statement.all(...values)
      },
      iterate(...values: SqlValue[]) {
        strike()
        return statement.iterate(...values)
      },
    }
  }

  close(): void {
    this.#database.close()
  }

  #strike(): void {
    if (this.#dead !== undefined) throw this.#dead
    const fault = this.#fault
    if (fault === undefined) return
    if (fault.after > 0) {
      fault.after -= 1
      return
    }
    this.#fault = undefined
    throw fault.strike()
  }
}
