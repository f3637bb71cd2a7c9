import * as nodeModule from 'node:module';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ScopedImport } from 'tsx/esm/api';
import * as asModules from './as-modules.js';
import * as ownPackage from './own-package.js';

let importer: Promise<ScopedImport> | undefined;

/**
 * Imports a TypeScript or JavaScript file as an ES module, by tsx. Its imports of diffusteer resolve to the running copy.
 *
 * @throws whatever the file throws, or tsx if it cannot read the file
 */
export async function importPlugin(path: string): Promise<Readonly<Record<string, unknown>>> {
  importer ??= registerHooks();
  return (await (
    await importer
  )(pathToFileURL(path).href, import.meta.url + asModules.IMPORTER)) as Record<string, unknown>;
}

/** Registers the hooks for good; they affect plugins only. Node calls the last one registered first: own-package, tsx, as-modules. */
async function registerHooks(): Promise<ScopedImport> {
  const { register: registerTsx } = await import('tsx/esm/api'); // on demand: most runs have no plugins
  register('as-modules', asModules);
  const tsx = registerTsx({ namespace: 'diffusteer-plugins', tsconfig: false });
  register('own-package', ownPackage);
  return tsx.import;
}

/** Registers a hook in this thread, as tsx does; before Node 22.15, which cannot, in the thread of Node that runs hooks. */
function register(name: string, hooks: { resolve: typeof ownPackage.resolve }): void {
  const { registerHooks: registerHere } = nodeModule as { registerHooks?: (hooks: object) => void };
  if (registerHere) registerHere(hooks);
  else nodeModule.register(`./${name}${extname(import.meta.url)}`, { parentURL: import.meta.url });
}
