/** The element that scrolls the list of traces: what announces new traces lies outside it. */
export const LIST_ID = 'trace-list'

/** Shows the newest rows. */
export function scrollListToTop(): void {
  document.getElementById(LIST_ID)?.scrollTo({ top: 0 })
}
