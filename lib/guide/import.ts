import * as nodeModule from 'node:module';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { register as registerTsx, type ScopedImport } from 'tsx/esm/api';
import * as asModules from './as-modules.js';
import * as ownPackage from './own-package.js';

let importer: ScopedImport | undefined;

/**
 * Imports a TypeScript or JavaScript file as an ES module, by tsx. What it imports of diffusteer is the running copy.
 * Errors: whatever the file throws, or tsx where it cannot be read.
 */
export async function importPlugin(path: string): Promise<Readonly<Record<string, unknown>>> {
  importer ??= registerHooks();
  return (await importer(pathToFileURL(path).href, import.meta.url + asModules.IMPORTER)) as Record<string, unknown>;
}

/** Hooks run from the last one registered to the first: own-package, tsx, as-modules. They stay, and touch nothing but plugins. */
function registerHooks(): ScopedImport {
  register('as-modules', asModules);
  const tsx = registerTsx({ namespace: 'diffusteer-plugins', tsconfig: false });
  register('own-package', ownPackage);
  return tsx.import;
}

/** In this thread where Node can do that, as tsx does; before Node 22.15 in the thread that Node has for it. */
function register(name: string, hooks: { resolve: typeof ownPackage.resolve }): void {
  const { registerHooks: registerHere } = nodeModule as { registerHooks?: (hooks: object) => void };
  if (registerHere) registerHere(hooks);
  else nodeModule.register(`./${name}${extname(import.meta.url)}`, { parentURL: import.meta.url });
}
