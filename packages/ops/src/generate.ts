/** Every rule file that follows from a configuration: those of Prometheus, and that of Loki's ruler. */
import { ALERTS } from './alerts/catalogue/catalogue.ts'
import type { AlertSpecification } from './alerts/specification.ts'
import { chosenAlerts } from './configuration/alert-choices.ts'
import type { OpsConfiguration } from './configuration/configuration.ts'
import { LOG_ALERTS } from './logs/log-alerts.ts'
import { FILES } from './names.ts'
import { alertGroups, logAlertGroups } from './rules/alert-rules.ts'
import { compatGroups } from './rules/compat-rules.ts'
import { findRecordingIn } from './rules/recordings.ts'
import { RECORDINGS, recordingGroups } from './rules/recording-rules.ts'
import { renderRuleFile } from './rules/rule-file.ts'
import { burnRateAlerts } from './slo/burn-rate-alerts.ts'
import { sloGroups, sloRecordings } from './slo/slo-rules.ts'

/** Texts by their paths below the root of the repository. */
export type GeneratedFiles = ReadonlyMap<string, string>

function catalogueAlerts({ alerts }: OpsConfiguration): readonly AlertSpecification[] {
  return chosenAlerts(ALERTS, alerts)
}

function objectiveAlerts({ alerts, slos }: OpsConfiguration): readonly AlertSpecification[] {
  return chosenAlerts(slos.flatMap(burnRateAlerts), alerts)
}

/** All alerts of a configuration that are not switched off: those of the catalogue, and those of its objectives. */
export function alertsOf(configuration: OpsConfiguration): readonly AlertSpecification[] {
  return [...catalogueAlerts(configuration), ...objectiveAlerts(configuration)]
}

/** For Prometheus. */
export function generateRuleFiles(configuration: OpsConfiguration): GeneratedFiles {
  const { slos } = configuration
  const catalogue = alertGroups(catalogueAlerts(configuration), configuration, findRecordingIn(RECORDINGS))
  // Alerts of objectives read the recordings of objectives, which have the label slo.
  const findSloRecording = findRecordingIn([...slos.flatMap(sloRecordings), ...RECORDINGS])
  return new Map([
    [FILES.recordingRules, renderRuleFile('Recording rules of ragmeter.', recordingGroups())],
    [FILES.alertRules, renderRuleFile('Alerts of ragmeter.', catalogue)],
    [
      FILES.sloRules,
      renderRuleFile('Service level objectives: recording rules and burn-rate alerts.', [
        ...slos.flatMap(sloGroups),
        ...alertGroups(objectiveAlerts(configuration), configuration, findSloRecording),
      ]),
    ],
    [
      FILES.compatRules,
      renderRuleFile(
        'Metrics of ragmeter under the names of other systems, for dashboards made for those. Leave it out if you have none.',
        compatGroups(),
      ),
    ],
  ])
}

/** For Loki's ruler: the same form, with LogQL in it, which no Prometheus loads. */
export function generateLogRuleFiles(configuration: OpsConfiguration): GeneratedFiles {
  const heading = 'Alerts on log lines, for the ruler of Loki.'
  const groups = logAlertGroups(chosenAlerts(LOG_ALERTS, configuration.alerts), configuration)
  return new Map([[FILES.logRules, renderRuleFile(heading, groups)]])
}
