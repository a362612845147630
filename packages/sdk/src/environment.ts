/** The one place that reads environment variables. */

/** The variables of this process. */
export function processEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env
}
