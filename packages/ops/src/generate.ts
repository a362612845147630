/** Every rule file that follows from a configuration. */
import { ALERTS } from './alerts/catalogue/catalogue.ts'
import type { OpsConfiguration } from './configuration/configuration.ts'
import { FILES } from './names.ts'
import { alertGroups } from './rules/alert-rules.ts'
import { renderRuleFile } from './rules/rule-file.ts'

/** Texts by their paths below the root of the repository. */
export type GeneratedFiles = ReadonlyMap<string, string>

export function generateRuleFiles(configuration: OpsConfiguration): GeneratedFiles {
  return new Map([
    [
      FILES.alertRules,
      renderRuleFile(
        'Alerts of ragmeter.',
        alertGroups(ALERTS, configuration, () => undefined),
      ),
    ],
  ])
}
