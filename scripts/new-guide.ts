import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { inputError } from '../lib/base/errors.js';
import { packageFolder } from '../lib/base/locate.js';
import type { Registry } from '../lib/guide/contract.js';

/** The guide that a new one is a copy of, in examples/plugins. */
const EXAMPLE = 'avoid';

/**
 * Writes a guide that works and its test, NAME.ts and NAME.test.ts; beside them, where nothing else says that they are ES modules, a
 * package.json that does. tsx asks for it: the library is no CommonJS module.
 * Errors: an InputError where the name cannot be a guide's or is taken, or a file is there already.
 *
 * @returns the paths of both
 */
export async function writeNewGuide(name: string, folder: string, registry: Registry): Promise<readonly [string, string]> {
  if (!/^[a-z][a-z0-9-]*$/.test(name))
    throw inputError('new-guide', `expected a name of small letters, digits and dashes, got ${JSON.stringify(name)}`);
  if (registry.has(name)) throw inputError('new-guide', `"${name}" is a guide that comes with diffusteer; choose another name`);
  const paths = [join(folder, `${name}.ts`), join(folder, `${name}.test.ts`)] as const;
  const there = paths.filter((path) => existsSync(path));
  if (there.length > 0)
    throw inputError(there.join(' and '), 'is there already, and nothing is overwritten; choose another name');
  await mkdir(folder, { recursive: true });
  await copyExample('.ts', name, paths[0]);
  await copyExample('.test.ts', name, paths[1]);
  if (await lacksModuleType(folder)) await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n', { flag: 'wx' });
  return paths;
}

/** Whether the nearest package.json does not say that the files are ES modules, and lies above the folder, so that one in it would. */
async function lacksModuleType(folder: string): Promise<boolean> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const path = join(at, 'package.json');
    if (existsSync(path)) return at !== resolve(folder) && !(await readFile(path, 'utf8')).match(/"type"\s*:\s*"module"/);
    if (at === dirname(at)) return true;
  }
}

async function copyExample(ending: string, name: string, path: string): Promise<void> {
  const text = await readFile(join(packageFolder(), 'examples', 'plugins', EXAMPLE + ending), 'utf8');
  const renamed = text.replaceAll(`'${EXAMPLE}'`, `'${name}'`).replaceAll(`'./${EXAMPLE}.js'`, `'./${name}.js'`);
  await writeFile(path, renamed, { flag: 'wx' });
}
