/** All dashboards, and the files that Grafana provisions. */
import { BATCH } from './batch.ts'
import { buildDashboard } from './build-dashboard.ts'
import { COSTS } from './costs.ts'
import type { DashboardSpecification } from './dashboard.ts'
import { finalize } from './finalize.ts'
import { DASHBOARD_FOLDER } from './read-dashboards.ts'
import { OPERATIONS } from './operations.ts'
import { OVERVIEW } from './overview.ts'
import { RAGNAROK } from './ragnarok.ts'
import { RETRIEVAL } from './retrieval.ts'
import { SLO } from './slo.ts'
import { TELEMETRY } from './telemetry.ts'

const DASHBOARDS: readonly DashboardSpecification[] = [
  OVERVIEW,
  OPERATIONS,
  RETRIEVAL,
  SLO,
  COSTS,
  BATCH,
  TELEMETRY,
  RAGNAROK,
]

export function generateDashboards(): ReadonlyMap<string, string> {
  return new Map(
    DASHBOARDS.map((dashboard) => [
      `${DASHBOARD_FOLDER}/${dashboard.key}.json`,
      finalize(buildDashboard(dashboard)),
    ]),
  )
}
