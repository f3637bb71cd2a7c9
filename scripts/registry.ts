import type { Plugins } from '../lib/plugins/load.js';

/** The guides that come with diffusteer, and those of a folder where the command line allows one. */
export async function registryWith(folder: string | undefined): Promise<Plugins> {
  const { guidesWith } = await import('../guidance/index.js');
  const guides = guidesWith({ modules: folder });
  if (folder === undefined) return { guides, judges: [] };
  const { loadPlugins } = await import('../lib/plugins/load.js');
  return loadPlugins(folder, guides);
}
