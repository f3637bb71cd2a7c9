import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { InputError, inputError, messageOf, type Problem } from '../../lib/base/errors.js';
import { locate, packageFolder, packageVersion } from '../../lib/base/locate.js';
import { unknownGuide } from '../../lib/guide/registry.js';
import { openLanguageModel } from '../../lib/model/causal/language-model-checkpoint.js';
import { type OpenCheckpoint, openCheckpoint } from '../../lib/model/checkpoint/checkpoint.js';
import { guideFolder, hasGuideCheckpoint } from '../../lib/model/checkpoint/guide-checkpoint.js';
import { planContext } from '../../lib/plan/make-guides.js';
import type { ExportManifest } from '../../lib/web/protocol.js';
import { readmeOf } from './export-readme.js';
import { webGuides } from './guides.js';

/** Options of an export. */
export interface ExportOptions {
  /** Folder of the model. */
  readonly model: string;
  /** Names of guides. */
  readonly guides: readonly string[];
  readonly output: string;
  /** Whether the page may compute on the GPU, which takes a larger build of onnxruntime-web. */
  readonly webgpu: boolean;
  /** Whether to leave out the language model of joint decoding. */
  readonly withoutDecoder: boolean;
}

/** What was written. */
export interface ExportSummary {
  /** Bytes by part. */
  readonly parts: readonly (readonly [name: string, bytes: number])[];
  readonly bytes: number;
}

/**
 * Writes a page that makes texts of a model in a browser, without a server.
 *
 * @throws InputError if the model or a guide cannot be exported, or the folder holds anything but an export
 */
export async function exportWeb(options: ExportOptions): Promise<ExportSummary> {
  const { output, model } = options;
  const folder = locate(model);
  const checkpoint = await openCheckpoint(folder);
  if (checkpoint.tokenizer.level !== 'word')
    throw inputError(
      model,
      'expected a model of whole words: subword tokenizers need transformers.js, which an export does not have',
    );
  const built = builtParts();
  const files = await filesOfModel(folder, checkpoint, options);
  await refuseForeign(output);
  const work = `${output.replace(/[/\\]+$/, '')}.${process.pid}.tmp`;
  await rm(work, { recursive: true, force: true });
  try {
    const summary = await writeExport(work, exportName(model, folder), files, built, options);
    await rm(output, { recursive: true, force: true });
    await rename(work, output);
    return summary;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The folders of the build that an export is made from. */
interface BuiltParts {
  readonly page: string;
  readonly web: string;
}

function builtParts(): BuiltParts {
  const [page, web] = ['dist/studio', 'dist/web'].map((part) => join(packageFolder(), part)) as [string, string];
  const missing = [join(page, 'index.html'), join(web, 'engine.js')].find((path) => !existsSync(path));
  if (missing !== undefined) throw inputError(missing, 'the page is not built; run `npm run build`');
  return { page, web };
}

/** Returns what configs of the export call the model: `models/NAME`. */
const exportName = (model: string, folder: string): string => {
  const way = relative('.', folder).split(sep).join('/');
  const isShort = /^models\/[\w.-]+$/.test(model) && !way.startsWith('/');
  return isShort ? model : `models/${basename(folder)}`;
};

/** Returns the files of a model that an export needs, relative to its folder. @throws InputError with every guide that it cannot have */
async function filesOfModel(folder: string, checkpoint: OpenCheckpoint, options: ExportOptions): Promise<string[]> {
  const files = ['config.json', 'model.safetensors', 'tokenizer.json'];
  const problems: Problem[] = [];
  for (const name of new Set(options.guides)) {
    const trained = await filesOfGuide(name, folder, checkpoint).catch((error: unknown) => {
      problems.push({ path: '--guides', message: messageOf(error) });
      return [];
    });
    files.push(...trained);
  }
  if (problems.length > 0) throw new InputError('export-web', problems);
  if (options.withoutDecoder || !existsSync(join(folder, 'decoder'))) return files;
  await openLanguageModel(join(folder, 'decoder'));
  return [...files, ...['config.json', 'model.safetensors', 'tokenizer.json'].map((file) => join('decoder', file))];
}

/** Returns the files that a guide was trained to. Of several places where it can act, the first that works counts. */
async function filesOfGuide(name: string, folder: string, checkpoint: OpenCheckpoint): Promise<string[]> {
  const factory = webGuides.get(name);
  if (!factory) throw new Error(unknownGuide(name, webGuides).replace(/;.*\)$/, '; those that a browser can run)'));
  const context = planContext(webGuides, checkpoint);
  let obstacle: unknown;
  for (const via of factory.places) {
    try {
      await context.classesOf(factory, via);
    } catch (error) {
      obstacle ??= error;
      continue;
    }
    if (!(await hasGuideCheckpoint(folder, name, via))) return [];
    return ['config.json', 'model.safetensors'].map((file) => relative(folder, join(guideFolder(folder, name, via), file)));
  }
  throw obstacle;
}

/** Refuses a folder that holds anything but an earlier export, which is replaced. */
async function refuseForeign(output: string): Promise<void> {
  const found = await readdir(output).catch((): string[] => []);
  if (found.length === 0 || found.includes('export.json')) return;
  throw inputError(output, 'holds other files; name a new folder, or one that an earlier export wrote');
}

async function writeExport(
  work: string,
  name: string,
  files: readonly string[],
  { page, web }: BuiltParts,
  { model, guides, webgpu }: ExportOptions,
): Promise<ExportSummary> {
  await mkdir(work, { recursive: true });
  const provider = webgpu ? 'webgpu' : 'wasm';
  const packed: Record<string, { bytes: number; packed: number }> = {};
  for (const file of files)
    packed[`${name}/${file.split(sep).join('/')}`] = await pack(
      join(locate(model), file),
      join(work, 'files', name, `${file}.gz`),
    );
  const manifest: ExportManifest = { version: packageVersion(), guides, provider, files: packed };
  const index = await readFile(join(page, 'index.html'), 'utf8');
  await writeFile(join(work, 'export.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await writeFile(join(work, 'index.html'), exportedIndex(index, name, guides));
  await writeFile(join(work, 'README.md'), readmeOf(name, manifest));
  for (const file of ['studio.js', 'index.css']) await copyFile(join(page, file), join(work, file));
  await copyFile(join(web, 'engine.js'), join(work, 'engine.js'));
  for (const file of ['ort.mjs', 'ort.wasm.gz']) await copyFile(join(web, provider, file), join(work, file));
  return summaryOf(work);
}

/** Tells the page where its engine is, and what it opens with. */
function exportedIndex(html: string, model: string, guides: readonly string[]): string {
  const mount = '<div id="studio"></div>';
  if (!html.includes(mount)) throw new Error('the built page has no place for its engine');
  const data = `data-engine="./engine.js" data-model="${model}" data-guides="${guides.join(',')}"`;
  return html.replace(mount, `<div id="studio" ${data}></div>`).replace(/<title>.*<\/title>/, '<title>diffusteer</title>');
}

async function pack(from: string, to: string): Promise<{ bytes: number; packed: number }> {
  const bytes = await readFile(from);
  const packed = await promisify(gzip)(bytes, { level: 9 });
  await mkdir(dirname(to), { recursive: true });
  await writeFile(to, packed);
  return { bytes: bytes.length, packed: packed.length };
}

async function summaryOf(folder: string): Promise<ExportSummary> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    names
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        return [relative(folder, path).split(sep).join('/'), (await readFile(path)).length] as const;
      }),
  );
  const partOf = (path: string): string => {
    if (path.startsWith('ort.')) return 'onnxruntime-web';
    if (path.includes('/decoder/')) return 'language model of joint decoding';
    if (path.includes('/guides/')) return 'what guides were trained to';
    return path.startsWith('files/') ? 'model' : 'page and engine';
  };
  const parts = new Map<string, number>();
  for (const [path, bytes] of sizes) parts.set(partOf(path), (parts.get(partOf(path)) ?? 0) + bytes);
  return { parts: [...parts].sort((a, b) => b[1] - a[1]), bytes: sizes.reduce((sum, [, bytes]) => sum + bytes, 0) };
}
