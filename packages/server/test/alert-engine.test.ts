/** Alerts over the real writer and the real queries: evaluated, kept over a restart, with evidence. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { AlertHarness, MINUTE } from './alert-harness.ts'

let alerting: AlertHarness
beforeEach(async () => {
  alerting = await AlertHarness.create()
})
afterEach(() => alerting[Symbol.asyncDispose]())

describe('AlertEngine', () => {
  test('fires after `for`, says so in the history, and resolves', async () => {
    await alerting.start([])
    await alerting.failFor(2)
    expect(alerting.stateOf('RagVeryHighErrorRate')).toBe('pending')
    await alerting.failFor(5)
    expect(alerting.stateOf('RagVeryHighErrorRate')).toBe('firing')
    await alerting.succeedFor(12)
    expect(alerting.stateOf('RagVeryHighErrorRate')).toBe('resolved')
    const history = alerting.harness.query('alertHistory', {
      from: 0,
      to: alerting.now + 1,
      name: 'RagVeryHighErrorRate',
      limit: 10,
    })
    expect(history.map(({ from, to }) => `${from} -> ${to}`)).toEqual([
      'firing -> resolved',
      'pending -> firing',
      'inactive -> pending',
    ])
    expect(alerting.problems).toEqual([])
  })

  test.each(['crashed', 'folded'])('goes on after a restart of a database that was %s', async (how) => {
    await alerting.start([])
    await alerting.failFor(7)
    const before = alerting.engine
      .status()
      .alerts.map(({ id, state, activeAt, firedAt }) => ({ id, state, activeAt, firedAt }))
    if (how === 'folded') alerting.harness.writer.fold(alerting.now)
    alerting.harness.crash()
    await alerting.start([])
    await alerting.engine.round()
    const after = alerting.engine
      .status()
      .alerts.map(({ id, state, activeAt, firedAt }) => ({ id, state, activeAt, firedAt }))
    expect(after).toEqual(before)
    expect(after.length).toBeGreaterThan(1)
  })

  test('does not fire from a pause: what was pending waits for the rest of its `for`', async () => {
    await alerting.start([])
    await alerting.failFor(3)
    expect(alerting.stateOf('RagVeryHighErrorRate')).toBe('pending')
    const since =
      alerting.engine.status().alerts.find(({ alert }) => alert.name === 'RagVeryHighErrorRate')?.activeAt ??
      0
    alerting.harness.crash()
    alerting.now += 60 * MINUTE
    await alerting.start([])
    alerting.minute(10, 10)
    await alerting.engine.round()
    const again = alerting.engine.status().alerts.find(({ alert }) => alert.name === 'RagVeryHighErrorRate')
    expect(again?.state).toBe('pending')
    expect(again?.activeAt).toBeGreaterThan(since + 59 * MINUTE)
  })

  test('an alert that cannot be kept is a visible error, and is kept when the database works again', async () => {
    await alerting.start([])
    const write = vi.spyOn(alerting.store, 'writeAlerts').mockRejectedValue(new Error('the disk is full'))
    await alerting.failFor(3)
    expect(alerting.engine.status().errors).toEqual([
      expect.objectContaining({ name: 'writing', message: 'the disk is full' }),
    ])
    expect(alerting.problems).toHaveLength(1)
    write.mockRestore()
    await alerting.engine.round()
    expect(alerting.engine.status().errors).toEqual([])
    expect(alerting.harness.query('alertMemory', null).alerts.length).toBeGreaterThan(0)
    expect(
      alerting.harness.query('alertHistory', { from: 0, to: alerting.now + 1, limit: 100 }).length,
    ).toBeGreaterThan(0)
  })
})

const staged = (i: number, isHealthy: boolean) => ({
  id: `${alerting.now}-${i}`,
  timestamp: alerting.now + i,
  total_latency_ms: isHealthy ? 300 : 900,
  status: isHealthy ? 'success' : 'error',
  ...(isHealthy ? {} : { error_type: 'retrieval_error' }),
  org: isHealthy || i % 4 === 0 ? 'initech' : 'acme',
  release: isHealthy ? '1.0' : '1.1',
  stages: [
    { stage: 'retrieval', duration_ms: isHealthy ? 60 : 700, ...(isHealthy ? {} : { status: 'error' }) },
    { stage: 'generation', duration_ms: 200 },
  ],
})

describe('evidence', () => {
  test('names the stage that changed, the failed traces, who is affected, and what is new', async () => {
    await alerting.start([])
    const commit = (isHealthy: boolean, count: number) => {
      const traces = Array.from({ length: count }, (_, i) => staged(i, isHealthy))
      alerting.send(traces)
    }
    for (let i = 0; i < 30; i += 1) commit(true, 10)
    for (let i = 0; i < 12; i += 1) {
      commit(false, 40)
      await alerting.engine.round()
    }
    const id =
      alerting.engine.status().alerts.find(({ alert }) => alert.name === 'RagCriticalErrorRate')?.id ?? ''
    const { evidence } = await alerting.engine.evidence(id, Infinity)
    expect(evidence['stages']).toMatchObject([
      { stage: 'retrieval', is_suspect: true, errors_before: 0 },
      { stage: 'generation', is_suspect: false },
    ])
    const [orgs, worst, releases] = ['orgs', 'worst_traces', 'releases'].map(
      (name) => evidence[name],
    ) as object[][]
    expect(orgs).toMatchObject([
      { value: 'acme', share: 0.75, share_before: 0 },
      { value: 'initech', share: 0.25, share_before: 1 },
    ])
    expect(worst).toHaveLength(10)
    expect(worst?.[0]).toMatchObject({
      status: 'error',
      error_type: 'retrieval_error',
      total_latency_ms: 900,
    })
    expect(releases?.[0]).toMatchObject({ value: '1.1', share_before: 0 })
    expect(evidence['changes']).toEqual([
      expect.stringMatching(/^Release 1.1 is new: \d+% of the traces.$/),
      expect.stringMatching(/^Traffic is \d+.\d times what it was.$/),
    ])
  })

  test('of an alert that is not there is a refusal', async () => {
    await alerting.start([])
    await expect(alerting.engine.evidence('0000', alerting.now)).rejects.toThrow(
      /no alert with the id "0000"/,
    )
  })
})
