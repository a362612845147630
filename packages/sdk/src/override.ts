/**
 * Replaces a property of one object. The object stays what it is (identity, prototype, private fields, own keys),
 * which no wrapper around it could promise.
 *
 * @throws {TypeError} when the object is frozen
 */
export function override(target: object, name: PropertyKey, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false })
}

/** A method of an object whose type is not known; undefined where there is none. */
export function methodOf(target: object, name: PropertyKey): ((...values: unknown[]) => unknown) | undefined {
  const value: unknown = Reflect.get(target, name)
  // A function of unknown type can be called with anything and returns anything.
  return typeof value === 'function' ? (value.bind(target) as (...values: unknown[]) => unknown) : undefined
}
