/** Code that comes when it is needed: a page, a tab, the charts. */
import { lazy } from 'react'
import type { ComponentType, LazyExoticComponent } from 'react'

/** A document that has just been loaded knows the newest names of all files: loading it again would bring the same. */
const FRESH_MS = 10_000

/** Code did not come: the daemon is away, or was replaced by a version whose files have other names. */
export class PartError extends Error {
  override readonly name = 'PartError'
  readonly isOfFreshDocument = performance.now() < FRESH_MS
}

/** @throws PartError, of whatever the loading failed with */
export async function loadPart<Part>(load: () => Promise<Part>): Promise<Part> {
  try {
    return await load()
  } catch (error) {
    throw new PartError('a part of this page has not come', { cause: error })
  }
}

/** A component whose code is loaded when it is first drawn; when it does not come, the page shows a PartError. */
export function lazyPart<Properties>(
  load: () => Promise<ComponentType<Properties>>,
): LazyExoticComponent<ComponentType<Properties>> {
  return lazy(async () => ({ default: await loadPart(load) }))
}
