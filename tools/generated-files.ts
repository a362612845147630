/** The generated files of `deploy/`: everything that an operator installs, from one catalogue. */
import { DEFAULT_CONFIGURATION, generateLogRuleFiles, generateRuleFiles } from '@ragmeter/ops'
import { generateDashboards } from './dashboards/dashboards.ts'
import { generatePrometheusRule } from './deployment/prometheus-rule.ts'

/** Each gives texts by their paths below the root of the repository. */
const GENERATORS: readonly (() => ReadonlyMap<string, string>)[] = [
  () => generateRuleFiles(DEFAULT_CONFIGURATION),
  () => generateLogRuleFiles(DEFAULT_CONFIGURATION),
  generateDashboards,
  generatePrometheusRule,
]

/** @throws Error if two generators claim the same path */
export function generatedFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  for (const [path, text] of GENERATORS.flatMap((generate) => [...generate()])) {
    if (files.has(path)) throw new Error(`${path} is generated twice: give one of the two another name`)
    files.set(path, text)
  }
  return files
}
