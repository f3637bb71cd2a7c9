import { build, type Metafile, stop } from 'esbuild';
import { join } from 'node:path';

/** The modules of Node that the library has stand-ins for in browsers. Any other one in a bundle is an error. */
const STAND_INS: Readonly<Record<string, string>> = {
  'node:buffer': 'rest',
  'node:crypto': 'rest',
  'node:fs': 'files',
  'node:fs/promises': 'files',
  'node:os': 'rest',
  'node:path': 'paths',
  'node:url': 'paths',
  'node:util': 'rest',
  'node:worker_threads': 'rest',
  'node:zlib': 'rest',
};

/**
 * Bundles a built module for browsers into one file.
 *
 * @param standIns whether modules of Node that have stand-ins may be imported
 * @throws an error that names every import of another module of Node
 */
export async function bundleForBrowsers(entry: string, outfile: string, standIns = true): Promise<Metafile> {
  const folder = join(import.meta.dirname, '../../lib/web/node');
  const alias = Object.entries(STAND_INS).map(([name, file]) => [name, join(folder, `${file}.js`)] as const);
  const built = build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    alias: { ...(standIns && Object.fromEntries(alias)), 'csv-parse/sync': 'csv-parse/browser/esm/sync' },
    external: ['@xenova/transformers'],
    legalComments: 'none',
    metafile: true,
    logLevel: 'silent',
  }).finally(stop); // or its process would stay
  return (await built).metafile;
}
