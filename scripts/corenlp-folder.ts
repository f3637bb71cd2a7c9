import { homedir } from 'node:os';
import { join } from 'node:path';

/** Returns the default folder of the CoreNLP jars, in the user's cache. */
export const coreNlpFolder = (): string =>
  join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'diffusteer', 'corenlp');
