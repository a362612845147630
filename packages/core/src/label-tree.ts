/** A map from a fixed number of strings to a value: nested maps, so that a look-up makes no key string. */
type Node<Value> = Map<string, Node<Value> | Value>

export class LabelTree<Value extends object> {
  readonly #depth: number
  #root: Node<Value> = new Map()
  /** Keys. */
  size = 0

  /** @param depth number of strings of a key, >= 1 */
  constructor(depth: number) {
    this.#depth = depth
  }

  /** The value of up to five strings: the form the hot path uses, without an array. */
  find(a: string, b = '', c = '', d = '', e = ''): Value | undefined {
    const depth = this.#depth
    let found = this.#root.get(a)
    if (depth === 1 || found === undefined) return found as Value | undefined
    found = (found as Node<Value>).get(b)
    if (depth === 2 || found === undefined) return found as Value | undefined
    found = (found as Node<Value>).get(c)
    if (depth === 3 || found === undefined) return found as Value | undefined
    found = (found as Node<Value>).get(d)
    if (depth === 4 || found === undefined) return found as Value | undefined
    return (found as Node<Value>).get(e) as Value | undefined
  }

  get(key: readonly string[]): Value | undefined {
    let found: Node<Value> | Value | undefined = this.#root
    for (let level = 0; level < this.#depth && found !== undefined; level += 1) {
      found = (found as Node<Value>).get(key[level] as string)
    }
    return found as Value | undefined
  }

  set(key: readonly string[], value: Value): void {
    let node = this.#root
    for (let level = 0; level < this.#depth - 1; level += 1) {
      const label = key[level] as string
      let next = node.get(label) as Node<Value> | undefined
      if (next === undefined) node.set(label, (next = new Map()))
      node = next
    }
    const last = key[this.#depth - 1] as string
    if (!node.has(last)) this.size += 1
    node.set(last, value)
  }

  /** @returns whether the key was there */
  delete(key: readonly string[]): boolean {
    const path: Node<Value>[] = []
    let node = this.#root
    for (let level = 0; level < this.#depth - 1; level += 1) {
      const next = node.get(key[level] as string) as Node<Value> | undefined
      if (next === undefined) return false
      path.push(node)
      node = next
    }
    if (!node.delete(key[this.#depth - 1] as string)) return false
    this.size -= 1
    // Empty branches go too, or a tree whose labels come and go would grow for ever.
    for (let level = path.length - 1; level >= 0 && node.size === 0; level -= 1) {
      node = path[level] as Node<Value>
      node.delete(key[level] as string)
    }
    return true
  }

  clear(): void {
    this.#root = new Map()
    this.size = 0
  }
}
