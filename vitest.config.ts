import { defineConfig } from 'vitest/config'

// Packages find each other's TypeScript source through this export condition, so unit tests need no build.
const conditions = ['ragmeter-src', 'module', 'node', 'development|production']
const sources = { resolve: { conditions }, ssr: { resolve: { conditions } } }

export default defineConfig({
  test: {
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/*.bench.ts', '**/*.gen.ts'],
      reporter: ['text-summary', 'html', 'json-summary'],
    },
    projects: [
      {
        ...sources,
        test: {
          name: 'unit',
          include: [
            'packages/*/src/**/*.test.ts',
            'packages/*/test/**/*.test.ts',
            'examples/**/*.test.ts',
            'tools/**/*.test.ts',
          ],
          exclude: ['**/node_modules/**', '**/dist/**'],
          setupFiles: ['tools/property-seed.ts'],
          // A hang must end; a busy machine with few cores may be slow.
          testTimeout: 30_000,
        },
      },
      {
        ...sources,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          // These start real processes on a machine with few cores: one file at a time, and patience.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
