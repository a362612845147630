/** Reads parts of ragmeter.yaml: what is wrong is collected with its place and its remedy, and the rest is read on. */

export interface ConfigurationIssue {
  /** Where, such as `slos[0].target`. */
  readonly path: string
  readonly problem: string
  readonly remedy: string
}

type Fields = Readonly<Record<string, unknown>>

export class SectionReader {
  readonly #path: string
  readonly #fields: Fields
  readonly #issues: ConfigurationIssue[]
  readonly #read = new Set<string>()

  private constructor(path: string, fields: Fields, issues: ConfigurationIssue[]) {
    this.#path = path
    this.#fields = fields
    this.#issues = issues
  }

  /** Of a value that should be an object; without fields, and with one issue, if it is none. */
  static of(path: string, value: unknown, issues: ConfigurationIssue[]): SectionReader {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return new SectionReader(path, value as Fields, issues)
    }
    const problem = value === undefined ? 'is missing' : 'is not a mapping'
    issues.push({ path, problem, remedy: 'write it as `key: value` lines' })
    // All that would be in it is missing too: saying so hides the one thing that is to be done.
    return new SectionReader(path, {}, [])
  }

  get path(): string {
    return this.#path
  }

  get keys(): readonly string[] {
    return Object.keys(this.#fields)
  }

  complain(name: string, problem: string, remedy: string): void {
    this.#issues.push({ path: this.#at(name), problem, remedy })
  }

  has(name: string): boolean {
    return this.#fields[name] !== undefined
  }

  /** A value as it is; undefined if it is not there. */
  raw(name: string): unknown {
    this.#read.add(name)
    return this.#fields[name]
  }

  text(name: string): string | undefined {
    const value = this.raw(name)
    if (value === undefined || typeof value === 'string') return value
    this.complain(name, `is ${JSON.stringify(value)}, not a text`, 'put it in quotes')
    return undefined
  }

  /** A text that says something. */
  filledText(name: string): string | undefined {
    const value = this.text(name)
    if (value === undefined || value.trim() !== '') return value
    this.complain(name, 'is empty', 'write something, or delete it')
    return undefined
  }

  number(name: string, min: number, max: number): number | undefined {
    const value = this.raw(name)
    if (value === undefined) return undefined
    if (typeof value === 'number' && value >= min && value <= max) return value
    this.complain(name, `is ${JSON.stringify(value)}`, `write a number from ${min} to ${max}`)
    return undefined
  }

  wholeNumber(name: string, min: number, max: number): number | undefined {
    const value = this.number(name, min, max)
    if (value === undefined || Number.isInteger(value)) return value
    this.complain(name, `is ${value}`, `write a whole number from ${min} to ${max}`)
    return undefined
  }

  boolean(name: string): boolean | undefined {
    const value = this.raw(name)
    if (value === undefined || typeof value === 'boolean') return value
    this.complain(name, `is ${JSON.stringify(value)}`, 'write true or false')
    return undefined
  }

  oneOf<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const value = this.text(name)
    const chosen = choices.find((choice) => choice === value)
    if (value !== undefined && chosen === undefined) {
      this.complain(name, `is "${value}"`, `write one of ${choices.join(', ')}`)
    }
    return chosen
  }

  object(name: string): SectionReader {
    return SectionReader.of(this.#at(name), this.raw(name), this.#issues)
  }

  objects(name: string): readonly SectionReader[] {
    return readObjects(this.#at(name), this.raw(name), this.#issues)
  }

  texts(name: string): readonly string[] | undefined {
    const value = this.raw(name)
    const list = Array.isArray(value) ? value : [value]
    if (list.length > 0 && list.every((item) => typeof item === 'string')) return list
    this.complain(name, 'is neither a text nor a list of texts', 'write [one, two]')
    return undefined
  }

  /** Complains about fields that nobody read: a misspelt option must not be silent. */
  end(): void {
    for (const name of this.keys) {
      if (this.#read.has(name)) continue
      const known = [...this.#read].join(', ')
      this.complain(name, 'is not known here', `use ${known}, or delete it`)
    }
  }

  #at(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`
  }
}

/** A list of objects; empty, with an issue, if it is none. */
export function readObjects(
  path: string,
  value: unknown,
  issues: ConfigurationIssue[],
): readonly SectionReader[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) {
    issues.push({ path, problem: 'is not a list', remedy: 'begin each entry with `- `' })
    return []
  }
  return value.map((entry, position) => SectionReader.of(`${path}[${position}]`, entry, issues))
}
