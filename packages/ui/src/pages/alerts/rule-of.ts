/** Rules by the name of their alert. */
import type { Rule } from './alert-queries.ts'

export function rulesByName(rules: readonly Rule[] | undefined): ReadonlyMap<string, Rule> {
  return new Map((rules ?? []).map((rule) => [rule.name, rule]))
}

/** Whether an alert with these labels is shown while the page shows one service. */
export function isOfService(labels: Readonly<Record<string, string>>, service: string | undefined): boolean {
  return service === undefined || labels['service'] === undefined || labels['service'] === service
}
