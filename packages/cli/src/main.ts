/** What the bin runs: hands the process to the command line. */
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { runCommandLine } from './command-line.ts'

const [, script = '', ...commandArguments] = process.argv
const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
}

// The code is set, not exited with: what was written must not be cut off.
process.exitCode = await runCommandLine({
  arguments: commandArguments,
  environment: process.env,
  currentDirectory: process.cwd(),
  homeDirectory: homedir(),
  self: [...process.execArgv, script],
  version: manifest.version,
  stdout: process.stdout,
  stderr: process.stderr,
})
