import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { LabelTree } from './label-tree.ts'

// Makes the garbage collector callable without a flag of the process.
setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

function heapBytes(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

const labels = fc.constantFrom('', 'a', 'b', '__proto__', 'constructor', 'é')
const step = (depth: number) =>
  fc.record({
    action: fc.constantFrom('set', 'set', 'set', 'delete', 'delete', 'clear'),
    key: fc.array(labels, { minLength: depth, maxLength: depth }),
  })

test.each([1, 2, 3, 4, 5, 8])('a LabelTree of depth %i behaves as a Map', (depth) => {
  fc.assert(
    fc.property(fc.array(step(depth), { maxLength: 60 }), (steps) => {
      const tree = new LabelTree<{ value: number }>(depth)
      const model = new Map<string, { value: number }>()
      steps.forEach(({ action, key }, value) => {
        const text = JSON.stringify(key)
        const both = {
          set: () => [tree.set(key, { value }), model.set(text, { value })],
          delete: () => expect(tree.delete(key)).toBe(model.delete(text)),
          clear: () => [tree.clear(), model.clear()],
        }
        both[action]()
        expect(tree.get(key)).toEqual(model.get(text))
        expect(tree.size).toBe(model.size)
      })
      for (const [text, value] of model) expect(tree.get(JSON.parse(text) as string[])).toEqual(value)
    }),
  )
})

test.each([1, 2, 3, 4, 5])('LabelTree.find of %i strings is get', (depth) => {
  fc.assert(
    fc.property(fc.array(step(depth).map(({ key }) => key)), (keys) => {
      const tree = new LabelTree<readonly string[]>(depth)
      for (const key of keys.slice(1)) tree.set(key, key)
      for (const key of keys) {
        const [a = '', b, c, d, e] = key
        expect(tree.find(a, b, c, d, e)).toBe(tree.get(key))
      }
    }),
  )
})

test('LabelTree.delete of a prefix, or of an unknown key, leaves the rest', () => {
  const tree = new LabelTree<object>(2)
  const value = {}
  tree.set(['a', 'b'], value)
  expect(tree.delete(['a', 'x'])).toBe(false)
  expect(tree.delete(['x', 'b'])).toBe(false)
  expect(tree.get(['a', 'b'])).toBe(value)
})

test('LabelTree.delete leaves nothing behind of labels that come and go', () => {
  const tree = new LabelTree<object>(4)
  const before = heapBytes()
  for (let i = 0; i < 50_000; i += 1) {
    const key = [`a${i}`, `b${i}`, `c${i}`, `d${i}`]
    tree.set(key, key)
    tree.delete(key)
  }
  // Three empty maps for each key would be 30 MB.
  expect(heapBytes() - before).toBeLessThan(5_000_000)
  expect(tree.size).toBe(0)
})
