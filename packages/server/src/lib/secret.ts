/** A secret of the configuration: where it is, not what it is, so that showing the configuration shows no secret. */
export class Secret {
  /** The variable or the file. */
  readonly place: string
  readonly #read: () => string

  /** @param read called when the daemon starts */
  constructor(place: string, read: () => string) {
    this.place = place
    this.#read = read
  }

  /** @throws Error if the place holds nothing */
  reveal(): string {
    const text = this.#read().trim()
    if (text === '') throw new Error(`${this.place} holds nothing`)
    return text
  }
}
