/** The daemon as a library: `startServer(loadConfig(...))`. */
export { ConfigError } from './config-error.ts'
export { CONFIG_FILE_NAME, loadConfig, OPTIONS } from './config.ts'
export type { ConfigSources, OptionDefinition, ServerConfig } from './config.ts'
export { createLogger } from './lib/logger.ts'
export type { Logger, LoggerOptions, LogLevel } from './lib/logger.ts'
export { startServer } from './server.ts'
export type { RunningServer } from './server.ts'
export { StoreError } from './store/store.ts'
