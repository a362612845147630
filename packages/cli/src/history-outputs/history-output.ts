/** Where a simulated history goes. */
import type { SimulatedHour } from '../simulate/history.ts'

export interface HistoryOutput extends Disposable {
  /** Hours come in order. */
  add(hour: SimulatedHour): void
  /** Makes it last. Without it, disposing leaves nothing behind. */
  finish(): void
}
