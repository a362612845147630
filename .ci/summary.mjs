/**
 * Adds up vitest's JSON reports and prints the last line of a run. Plain JavaScript without dependencies, since it
 * has to speak when `npm ci` itself has failed. A run also fails when a test was skipped or none ran at all. What
 * failed is told here once more, at the end, where it is looked for.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const [, , folder, status] = process.argv
const complaints = []
let passed = 0
let failed = 0

for (const name of ['test.json', 'current-node.json', 'current-node-e2e.json']) {
  const file = join(folder, name)
  if (!existsSync(file)) {
    complaints.push(`${name}: no report, the tests did not run to their end`)
    continue
  }
  const report = JSON.parse(readFileSync(file, 'utf8'))
  passed += report.numPassedTests
  failed += report.numFailedTests
  const skipped = report.numPendingTests + report.numTodoTests
  if (skipped > 0) complaints.push(`${name}: ${skipped} skipped or to do, each test has to run`)
  if (report.numPassedTests === 0) complaints.push(`${name}: no test passed`)
  if (!report.success) complaints.push(`${name}: not a success`)
  for (const suite of report.testResults) {
    // A file that could not be loaded has a message of its own and no tests.
    if (suite.message !== '') complaints.push(`${suite.name}: ${suite.message}`)
    for (const test of suite.assertionResults) {
      if (test.status === 'failed')
        complaints.push(`${suite.name}: ${test.fullName}\n${test.failureMessages.join('\n')}`)
    }
  }
}

const stepsFile = join(folder, 'failed-steps')
const steps = existsSync(stepsFile) ? readFileSync(stepsFile, 'utf8').trim().split('\n') : []
for (const step of steps) complaints.push(`step failed: ${step}`)
if (status !== '0') complaints.push(`stopped with status ${status}`)

for (const complaint of complaints) console.log(complaint)
// A run that failed without a failing test must not read "0 failed".
if (complaints.length > 0 && failed === 0) failed = 1
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = complaints.length > 0 ? 1 : 0
