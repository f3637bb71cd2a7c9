import { build } from 'esbuild';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Writes slim copies of libraries into dist/node_modules, where the built code finds them first. The full packages take 40 MB,
 * mostly browser builds, source maps and declarations; the copies take 3 MB. All but TypeBox, whose types users need, are development
 * dependencies, so a project that installs diffusteer gets only the copies.
 */
async function main(): Promise<void> {
  await rm(TO, { recursive: true, force: true });
  await bundle('vega', ['canvas']); // the optional package that draws bitmaps
  await bundle('vega-lite', ['vega']);
  await bundle('@sinclair/typebox', []); // one file instead of 200 that every command would load
  await copyEntry('@tensorflow/tfjs-backend-wasm', /\.node\.js$|\.wasm$/);
}

const FROM = 'node_modules';
const TO = 'dist/node_modules';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly main: string;
}

/** Bundles an ES module with its imports, except external ones, into one file, and writes the licences of the packages in it. */
async function bundle(name: string, external: readonly string[]): Promise<void> {
  const { metafile } = await build({
    stdin: { contents: `export * from '${name}';`, resolveDir: '.' },
    outfile: join(TO, name, 'index.js'),
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: [...external],
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
  const packages = new Set(
    Object.keys(metafile.inputs).flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []),
  );
  const licences = await Promise.all([...packages].sort().map(licenceOf));
  await writeFile(join(TO, name, 'LICENSE'), licences.join('\n'));
  await writeManifest(name, { type: 'module', main: 'index.js' });
}

async function licenceOf(folder: string): Promise<string> {
  const { name, version, license } = await readManifest(folder);
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? '' : await readFile(join(folder, file), 'utf8');
  return `${name} ${version} (${license})\n\n${text}`;
}

/** Copies the entry file of a CommonJS package and the files next to it that match. */
async function copyEntry(name: string, files: RegExp): Promise<void> {
  const { main } = await readManifest(join(FROM, name));
  const folder = dirname(join(FROM, name, main));
  const entry = main.slice(main.lastIndexOf('/') + 1);
  await mkdir(join(TO, name), { recursive: true });
  for (const file of await readdir(folder)) if (files.test(file)) await copyFile(join(folder, file), join(TO, name, file));
  if (!existsSync(join(TO, name, entry))) throw new Error(`${name}: its entry ${main} is not among the copied files`);
  await writeManifest(name, { main: entry });
}

async function writeManifest(name: string, fields: object): Promise<void> {
  const { version, license } = await readManifest(join(FROM, name));
  await writeFile(join(TO, name, 'package.json'), `${JSON.stringify({ name, version, license, ...fields }, null, 2)}\n`);
}

async function readManifest(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
}

await main();
