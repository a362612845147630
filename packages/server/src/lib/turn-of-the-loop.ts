/** Lets others have their turn: what takes long gives the event loop back between its steps. */
export function turnOfTheLoop(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
