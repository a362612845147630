/** A whole daemon over a fake store, on a free port of loopback. */
import { loadConfig } from '../src/config.ts'
import type { ServerConfig } from '../src/config.ts'
import { createLogger } from '../src/lib/logger.ts'
import { startServer } from '../src/server.ts'
import type { RunningServer, ServerParts } from '../src/server.ts'
import { FakeStore } from './fake-store.ts'

export interface TestDaemon extends AsyncDisposable {
  server: RunningServer
  store: FakeStore
}

export interface TestDaemonOptions extends Omit<ServerParts, 'openStore' | 'logger'> {
  store?: FakeStore
  config?: Partial<ServerConfig>
}

function testConfig(overrides: Partial<ServerConfig> = {}): ServerConfig {
  const defaults = loadConfig({
    flags: {},
    environment: {},
    currentDirectory: '/nonexistent',
    homeDirectory: '/nonexistent',
  })
  return { ...defaults, port: 0, ...overrides }
}

export async function startDaemon(options: TestDaemonOptions = {}): Promise<TestDaemon> {
  const { store = new FakeStore(), config, ...parts } = options
  const server = await startServer(testConfig(config), {
    ...parts,
    openStore: () => Promise.resolve(store),
    logger: createLogger({ level: 'silent' }),
  })
  return { server, store, [Symbol.asyncDispose]: () => server.close() }
}
