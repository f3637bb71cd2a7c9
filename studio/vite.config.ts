import { join } from 'node:path';
import { defineConfig } from 'vite';

/** Address of a running `diffusteer studio`, for `npm run studio:dev`: its API answers the page of Vite's server. */
const server = process.env['STUDIO_SERVER'] ?? 'http://127.0.0.1:4173';

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  resolve: { alias: { 'diffusteer/client': join(import.meta.dirname, '../dist/lib/serve/client.js') } },
  build: {
    outDir: '../dist/studio',
    // The folder also has what tsc writes of the parts that tests import; names without hashes leave nothing stale.
    emptyOutDir: false,
    target: 'es2022',
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { entryFileNames: 'studio.js', chunkFileNames: '[name].js', assetFileNames: '[name][extname]' } },
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  server: { proxy: { '/v1': { target: server, changeOrigin: true } } },
});
