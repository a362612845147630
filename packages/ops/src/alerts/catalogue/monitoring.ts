/** Alerts on those who alert: the store of the daemon, Prometheus, Loki's ruler, Alertmanager. */
import type { AlertSpecification } from '../specification.ts'

const OWN_HEALTH = 'The health of Prometheus and Alertmanager is known to Prometheus alone.'

export const MONITORING_ALERTS: readonly AlertSpecification[] = [
  {
    name: 'RagStorageNotWritable',
    family: 'monitoring',
    severity: 'critical',
    when: {
      kind: 'promql',
      expression: 'max by (job, instance) (max_over_time(ragmeter_storage_writable[2m])) == 0',
      labels: ['job', 'instance'],
      reason: 'A daemon that cannot write cannot keep the state of an alert either.',
    },
    forMinutes: 1,
    summary: 'The ragmeter daemon cannot write to its database.',
    description: 'The daemon at {instance} refuses what it is sent, since its database cannot be written.',
    valueFormat: 'state',
    dashboard: 'telemetry',
  },
  {
    name: 'RagRuleEvaluationFailing',
    family: 'monitoring',
    severity: 'critical',
    when: {
      kind: 'promql',
      expression:
        'sum by (job, instance, rule_group) (increase(prometheus_rule_evaluation_failures_total{rule_group=~".*ragmeter.*"}[5m])) > 0',
      labels: ['job', 'instance', 'rule_group'],
      reason: OWN_HEALTH,
    },
    forMinutes: 5,
    summary: 'Prometheus cannot evaluate rules of ragmeter.',
    description: 'Evaluations of {rule_group} fail in {instance}: its alerts are silent.',
    valueFormat: 'count',
    dashboard: 'telemetry',
  },
  {
    name: 'RagLogRulesFailing',
    family: 'monitoring',
    severity: 'warning',
    when: {
      kind: 'promql',
      expression: 'sum by (job, instance) (increase(loki_prometheus_rule_evaluation_failures_total[5m])) > 0',
      labels: ['job', 'instance'],
      reason: 'What Loki says of itself is scraped by Prometheus alone.',
    },
    forMinutes: 5,
    summary: 'Loki cannot evaluate alerts on log lines.',
    description: 'Evaluations of rules fail in {instance}: alerts on log lines are silent.',
    valueFormat: 'count',
    dashboard: 'telemetry',
  },
  {
    name: 'RagAlertmanagerUnreachable',
    family: 'monitoring',
    severity: 'critical',
    when: {
      kind: 'promql',
      expression:
        'max by (job, instance) (max_over_time(prometheus_notifications_alertmanagers_discovered[5m])) < 1',
      labels: ['job', 'instance'],
      reason: OWN_HEALTH,
    },
    forMinutes: 5,
    summary: 'Prometheus knows no Alertmanager.',
    description: 'Prometheus {instance} has no Alertmanager to send alerts to.',
    valueFormat: 'count',
    dashboard: 'telemetry',
  },
  {
    name: 'RagNotificationsFailing',
    family: 'monitoring',
    severity: 'critical',
    when: {
      kind: 'promql',
      expression: 'sum by (job, integration) (rate(alertmanager_notifications_failed_total[5m])) > 0',
      labels: ['job', 'integration'],
      reason: OWN_HEALTH,
    },
    forMinutes: 5,
    summary: 'Alertmanager cannot deliver notifications.',
    description: 'Notifications by {integration} fail: nobody reads the alerts sent that way.',
    valueFormat: 'rate',
    dashboard: 'telemetry',
  },
  {
    name: 'RagDaemonNotificationsFailing',
    family: 'monitoring',
    severity: 'critical',
    when: {
      kind: 'promql',
      // A failure that the next attempt makes good is none; what was given up is one whatever else was delivered.
      expression:
        `sum by (job, instance, notifier) (increase(ragmeter_notifications_total{outcome="dead"}[15m])) > 0` +
        ` or (sum by (job, instance, notifier) (increase(ragmeter_notifications_total{outcome="failed"}[15m])) > 0` +
        ` unless sum by (job, instance, notifier) (increase(ragmeter_notifications_total{outcome="delivered"}[15m])) > 0)`,
      labels: ['job', 'instance', 'notifier'],
      reason: 'A daemon that cannot tell of alerts cannot tell of that one either.',
    },
    forMinutes: 5,
    summary: 'The ragmeter daemon cannot deliver its notifications.',
    description:
      'What the daemon at {instance} tells {notifier} is not delivered: nobody reads the alerts sent that way.',
    valueFormat: 'count',
    dashboard: 'telemetry',
  },
  {
    name: 'RagWatchdog',
    family: 'watchdog',
    severity: 'none',
    when: { kind: 'compare', signal: { kind: 'always' }, comparison: '==', threshold: 1 },
    forMinutes: 0,
    summary: 'This alert fires always.',
    description: 'It shows that alerts are evaluated and delivered. Its absence is the alarm.',
    valueFormat: 'number',
    dashboard: 'telemetry',
  },
]
