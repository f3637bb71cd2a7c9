import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Folder of this package: the nearest one above this file with a package.json, from the sources as from dist/. */
export function packageRoot(folder: string = import.meta.dirname): string {
  return existsSync(join(folder, 'package.json')) ? folder : packageRoot(dirname(folder));
}

export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  return version;
}
