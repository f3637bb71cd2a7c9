import type { Plugins } from '../lib/plugins/load.js';

/** Returns the built-in guides and, if a folder is given, the guides and judges of its plugins. */
export async function registryWith(folder: string | undefined): Promise<Plugins> {
  const { guidesWith } = await import('../guidance/index.js');
  const guides = guidesWith({ modules: folder });
  if (folder === undefined) return { guides, judges: [] };
  const { loadPlugins } = await import('../lib/plugins/load.js');
  return loadPlugins(folder, guides);
}
