import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { bundleForBrowsers } from './bundle-web.js';

/**
 * Writes what `diffusteer export-web` copies into dist/web: the worker with the engine, and two builds of onnxruntime-web, of which each is a
 * module and its WebAssembly, gzipped. The full package takes 140 MB; it is a development dependency.
 */
async function main(): Promise<void> {
  await mkdir(TO, { recursive: true });
  await bundleForBrowsers('dist/scripts/web/worker.js', join(TO, 'engine.js'));
  await Promise.all([
    copyBuild('wasm', 'ort.wasm.bundle.min.mjs', 'ort-wasm-simd-threaded.wasm'),
    copyBuild('webgpu', 'ort.webgpu.bundle.min.mjs', 'ort-wasm-simd-threaded.asyncify.wasm'),
  ]);
}

const ORT = 'node_modules/onnxruntime-web-full';
const TO = 'dist/web';

/** Copies a build of onnxruntime-web, unless this version of it is there. */
async function copyBuild(name: string, module: string, wasm: string): Promise<void> {
  const { version } = JSON.parse(await readFile(join(ORT, 'package.json'), 'utf8')) as { version: string };
  const mark = join(TO, name, 'version');
  if (existsSync(mark) && (await readFile(mark, 'utf8')) === version) return;
  await mkdir(join(TO, name), { recursive: true });
  await copyFile(join(ORT, 'dist', module), join(TO, name, 'ort.mjs'));
  await writeFile(join(TO, name, 'ort.wasm.gz'), await promisify(gzip)(await readFile(join(ORT, 'dist', wasm)), { level: 9 }));
  await writeFile(mark, version);
}

await main();
