import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where `diffusteer corenlp fetch` puts the jars unless told otherwise: the user's cache. */
export const coreNlpFolder = (): string =>
  join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'diffusteer', 'corenlp');
