/** What the bin runs: hands the process to the command line. */
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { runCommandLine } from './command-line.ts'
import { createTerminal } from './output.ts'
import { watchOutput } from './watch-output.ts'

const [, script = '', ...commandArguments] = process.argv
const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
}

const { stdout, stderr, env: environment } = process
const { version } = manifest
const output = watchOutput(
  stdout,
  stderr,
  // As text, also with --json: standard output is what cannot be written.
  (failure) => createTerminal(stdout, stderr, environment, false).failure('ragmeter', version, failure),
  setExitCode,
)
const code = await runCommandLine({
  arguments: commandArguments,
  environment,
  currentDirectory: process.cwd(),
  homeDirectory: homedir(),
  self: [...process.execArgv, script],
  version,
  stdout,
  stderr,
})
setExitCode(output.exitCodeAfter(code))

/** Set, not exited with: what was written must not be cut off. */
function setExitCode(exitCode: number): void {
  process.exitCode = exitCode
}
