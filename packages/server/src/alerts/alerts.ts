/** Stage 5b of 5. Committed measurements of the last minutes and hours -> alerts -> notifications. */
export { BudgetWatch } from './budget-watch.ts'
export { AlertEngine } from './engine.ts'
export { createNotifiers } from './notify/notifiers.ts'
export { observeScenario, runScenario } from './scenario-runner.ts'
export type { ObservedAlert, ScenarioResult } from './scenario-runner.ts'
export { readRunbook } from './runbooks.ts'
export { createHistories } from './signal-history.ts'
