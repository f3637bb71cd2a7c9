import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Returns the folder of this package: the nearest one above this file whose package.json is diffusteer's. */
export function packageFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    if (existsSync(path) && nameAndVersion(path).name === 'diffusteer') return folder;
    if (folder === dirname(folder)) throw new Error('found no package.json of diffusteer above its code');
  }
}

/** Returns the version of this package. */
export const packageVersion = (): string => nameAndVersion(join(packageFolder(), 'package.json')).version;

function nameAndVersion(path: string): { name: string; version: string } {
  return JSON.parse(readFileSync(path, 'utf8')) as { name: string; version: string };
}

/** Resolves a path of a config: relative to the working directory or, if nothing is there, to the package. */
export function locate(path: string): string {
  if (isAbsolute(path) || existsSync(path)) return path;
  const shipped = join(packageFolder(), path);
  return existsSync(shipped) ? shipped : path;
}
