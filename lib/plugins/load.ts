import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { InputError, inputError, messageOf, type Problem } from '../base/errors.js';
import { lineIn } from '../guide/breach.js';
import { importPlugin } from '../guide/import.js';
import { type RegisteredGuide, type Registry, type RegistrySource, sourceOf, withSource } from '../guide/registry.js';
import type { Judge } from '../judges/judge.js';
import { hashOf } from '../model/checkpoint/checkpoint.js';
import { exportProblems, type PluginExports } from './exports.js';
import { guardedGuide, guardedJudge } from './guard.js';

/** The guides that a config may name, and the judges that plugins brought. */
export interface Plugins {
  readonly guides: Registry;
  readonly judges: readonly Judge[];
}

/**
 * Loads every guide file of a folder: .ts, .mts, .js and .mjs, without tests (`*.test.*`) and folders. The folder may hold only folders,
 * since rewards lie in them.
 *
 * @param registry the guides to add to, whose names are taken
 * @throws InputError naming each file that cannot be loaded or breaks the contract, and how
 */
export async function loadPlugins(folder: string, registry: Registry): Promise<Plugins> {
  const guides = new Map<string, RegisteredGuide>(registry);
  const judges: Judge[] = [];
  const broken: [file: string, problems: readonly Problem[]][] = [];
  for (const file of await guideFiles(folder)) {
    const loaded = await load(file);
    const problems = 'problems' in loaded ? loaded.problems : nameProblems(loaded.guide.name, guides);
    if ('problems' in loaded || problems.length > 0) {
      broken.push([file, problems]);
      continue;
    }
    guides.set(loaded.guide.name, loaded.guide);
    if (loaded.judge) judges.push(loaded.judge);
  }
  if (broken.length > 0) throw errorOf(folder, broken);
  const source = sourceOf(registry);
  return { guides: source ? withSource(guides, { ...source, plugins: folder }) : guides, judges };
}

/** Opens guides, and the judges of plugins, as another process did. */
export async function openPlugins({ module, options, plugins }: RegistrySource): Promise<Plugins> {
  const { guidesWith } = (await import(module)) as { guidesWith(options: RegistrySource['options']): Registry };
  const guides = guidesWith(options);
  return plugins === undefined ? { guides, judges: [] } : loadPlugins(plugins, guides);
}

async function guideFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw inputError(folder, `cannot be read as a folder of plugins: ${messageOf(error)}`);
  });
  const names = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  const files = names.filter((name) => /^[^.].*\.m?[tj]s$/.test(name) && !/\.(test|d)\.m?[tj]s$/.test(name)).sort();
  if (files.length === 0 && !entries.some((entry) => entry.isDirectory()))
    throw inputError(folder, 'holds no guide: expected files that end in .ts, .js or .mjs; `diffusteer new-guide` writes one');
  return files.map((name) => join(folder, name));
}

interface LoadedPlugin {
  readonly guide: RegisteredGuide;
  readonly judge?: Judge;
}

async function load(file: string): Promise<LoadedPlugin | { problems: readonly Problem[] }> {
  let module: Readonly<Record<string, unknown>>;
  try {
    module = await importPlugin(resolve(file));
  } catch (error) {
    return { problems: [{ path: '', message: `cannot be loaded, error${lineIn(file, error)}: ${messageOf(error)}` }] };
  }
  const problems = exportProblems(module);
  if (problems.length > 0) return { problems };
  const found = module as unknown as PluginExports;
  const guide = guardedGuide(found, { file, hash: await hashOf(file) });
  return { guide, ...(found.judge && { judge: guardedJudge(found.judge, file) }) };
}

function nameProblems(name: string, guides: Registry): Problem[] {
  const other = guides.get(name);
  if (other === undefined) return [];
  const owner = other.origin === undefined ? 'a guide that comes with diffusteer' : other.origin.file;
  return [{ path: 'name', message: `"${name}" is taken by ${owner}; choose another` }];
}

function errorOf(folder: string, broken: readonly [file: string, problems: readonly Problem[]][]): InputError {
  if (broken.length === 1) return new InputError(...broken[0]!);
  const all = broken.flatMap(([file, problems]) =>
    problems.map(({ path, message }) => ({ path: path === '' ? file : `${file}: ${path}`, message })),
  );
  return new InputError(folder, all);
}
