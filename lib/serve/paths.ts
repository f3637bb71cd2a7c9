import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { locate, packageFolder } from '../base/locate.js';
import type { Problem } from '../base/errors.js';
import { type ConfigPath, type GenerateConfig, leavesOf, pathsIn, resolveFrom, schemas, type Target } from '../config/index.js';
import type { Registry } from '../guide/registry.js';
import { placeClauses } from '../plan/clauses.js';

/** Returns a problem for each file that a config names outside the working folder and the package. `output` names none, since nothing is written. */
export const outsidePaths = (config: unknown): Problem[] =>
  refused(pathsIn(schemas.generate, config).filter(({ path }) => path !== '/output'));

/** Does the same for the options of guides, for every target. */
export function outsideOptions(
  { guidance }: Pick<GenerateConfig, 'guidance'>,
  targets: readonly Target[],
  registry: Registry,
): Problem[] {
  const leaves = placeClauses(guidance, '/guidance').flatMap(({ tree }) => leavesOf(tree));
  return leaves.flatMap(({ clause: { guide, ...options }, path }) => {
    const schema = registry.get(guide)?.options;
    return schema ? refused(targets.flatMap((target) => pathsIn(schema, resolveFrom(options, target, path).value, path))) : [];
  });
}

function refused(paths: readonly ConfigPath[]): Problem[] {
  const outside = paths.filter(({ value }) => !isInside(value));
  return [...new Map(outside.map((one) => [one.path, one])).values()].map(({ path, value }) => ({
    path,
    message: `expected a path inside the working folder of the server or the package, got ${JSON.stringify(value)}`,
  }));
}

/** Returns whether a path of a config, links resolved, is inside the working folder or the package. */
export function isInside(path: string): boolean {
  const found = realPath(locate(path));
  return [resolve('.'), packageFolder()].some((folder) => {
    const way = relative(realPath(folder), found);
    return way !== '..' && !way.startsWith(`..${sep}`) && resolve(way) !== way;
  });
}

/** Resolves links as far as the path exists. */
function realPath(path: string): string {
  const absolute = resolve(path);
  try {
    return realpathSync(absolute);
  } catch {
    const parent = dirname(absolute);
    return parent === absolute ? absolute : join(realPath(parent), relative(parent, absolute));
  }
}

/** Returns a message without the paths of the machine: those of the working folder and the package become relative, the home folder `~`. */
export function withoutMachinePaths(message: string): string {
  const folders = [resolve('.'), packageFolder()].sort((a, b) => b.length - a.length);
  const named = folders.reduce((text, folder) => text.replaceAll(folder + sep, '').replaceAll(folder, '.'), message);
  const home = homedir();
  return home.length > 1 ? named.replaceAll(home, '~') : named;
}
