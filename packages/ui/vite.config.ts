import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Where `npm run dev` finds a daemon. */
const DAEMON = 'http://127.0.0.1:7246'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  // The catalogue and its enums come from the source of core.
  resolve: { conditions: ['ragmeter-src', 'module', 'browser', 'development|production'] },
  build: {
    outDir: '../server/dist/ui',
    emptyOutDir: true,
    target: 'baseline-widely-available',
    // Nothing is inlined as a data: address, which the policy of scripts would refuse.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    reportCompressedSize: false,
    manifest: true,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [{ name: 'charts', test: /node_modules[\\/](?:echarts|zrender)[\\/]/ }],
        },
      },
    },
  },
  server: {
    host: '127.0.0.1',
    proxy: Object.fromEntries(
      ['/api', '/stats', '/health', '/ingest', '/metrics'].map((path) => [path, DAEMON]),
    ),
  },
})
