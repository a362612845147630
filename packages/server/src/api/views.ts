/** What queries found, in the form of their answers. Pure, and apart from the routes: the reader's thread makes the answers. */
import type { Queries, QueryName } from '../store/store.ts'
import { alertHistoryView } from './alerts.ts'
import { clientsView } from './clients.ts'
import { ledgerView } from './ledger.ts'
import { notificationsView } from './notifications.ts'
import { seriesView } from './series.ts'
import { traceView, tracesView } from './traces.ts'

type View<Name extends QueryName> = (
  result: Queries[Name]['result'],
  parameters: Queries[Name]['parameters'],
) => object

const VIEWS: { readonly [Name in QueryName]: View<Name> } = {
  stats: (result) => result,
  series: seriesView,
  traces: tracesView,
  worstTraces: (result) => result,
  facets: (result) => result,
  gaps: (result) => result,
  documents: (result) => result,
  trace: traceView,
  ledger: ledgerView,
  spending: (result) => result,
  clients: clientsView,
  alertMemory: (result) => result,
  alertHistory: alertHistoryView,
  notifications: notificationsView,
  alertWindows: (result) => result,
}

/** JSON text of the answer, in memory of its own that can be moved to another thread. @throws RagmeterError `trace_not_found` */
export function answerOf<Name extends QueryName>(
  name: Name,
  parameters: Queries[Name]['parameters'],
  result: Queries[Name]['result'],
): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(VIEWS[name](result, parameters)))
}
