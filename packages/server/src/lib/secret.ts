/** What is wrong with a text, such as "is no address", without the text. */
export type ProblemOf = (text: string) => string | undefined

/** A secret of the configuration: where it is, not what it is, so that showing the configuration shows no secret. */
export class Secret {
  /** The variable or the file. */
  readonly place: string
  readonly #read: () => string
  readonly #problemOf: ProblemOf

  /** @param read called when the daemon starts */
  constructor(place: string, read: () => string, problemOf: ProblemOf = () => undefined) {
    this.place = place
    this.#read = read
    this.#problemOf = problemOf
  }

  /** @throws Error if the place holds nothing, or something that cannot be meant */
  reveal(): string {
    const text = this.#read().trim()
    if (text === '') throw new Error(`${this.place} holds nothing`)
    const problem = this.#problemOf(text)
    if (problem !== undefined) throw new Error(`${this.place} ${problem}`)
    return text
  }
}
