/** A short program: measures requests and has nothing left to do. */
import { MonitorClient } from '@ragmeter/sdk'

const [endpoint = '', mode = 'end'] = process.argv.slice(2)
const spool = process.env['SPOOL']
const monitor = new MonitorClient(
  {
    endpoint,
    service: 'program',
    sampleRate: 1,
    // Far beyond the life of the program: what arrives was flushed at its end.
    flushIntervalMs: 600_000,
    exitTimeoutMs: 1000,
    ...(spool === undefined ? {} : { spoolDirectory: spool }),
  },
  { environment: {} },
)
for (let i = 0; i < 3; i += 1) monitor.startTrace('q', { operation: 'run' }).end()
if (mode === 'exit') process.exit(0)
if (mode === 'flush') {
  void monitor.flush()
  // The test ends this by a signal.
  setInterval(() => undefined, 1000)
}
