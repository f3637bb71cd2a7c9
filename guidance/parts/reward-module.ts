import { existsSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { InputError, inputError, messageOf } from '../../lib/base/errors.js';
import { importPlugin } from '../../lib/guide/import.js';

/** A reward of one text, in nats; of a file's own. */
export type RewardFunction = (text: string, tokens: readonly string[], argument: unknown) => number | Promise<number>;

/**
 * What keeps a config from naming a file, undefined where nothing does: a config is data, so code comes only from a folder that the
 * command line or the program allows.
 */
export function moduleObstacle(file: string, folder: string | undefined): string | undefined {
  if (folder === undefined)
    return 'names a file that would be run, which a config alone may not; allow its folder with --plugins DIR, or guidesWith in a program';
  if (!existsSync(folder)) return `expected ${folder}, the folder that is allowed, to be there`;
  if (!/\.m?[jt]s$/.test(file)) return `expected a file that ends in .js, .mjs, .ts or .mts, got "${file}"`;
  if (!existsSync(file) || !statSync(file).isFile()) return `expected a file, there is none at ${resolve(file)}`;
  const inside = relative(realpathSync(folder), realpathSync(file)); // links are followed
  return inside.startsWith(`..${sep}`) || isAbsolute(inside)
    ? `expected a file inside ${folder}, the folder that is allowed`
    : undefined;
}

/** Loads the function of the text. Errors: an InputError that names the file and what it exports. */
export async function loadRewardFunction(file: string, name: string): Promise<RewardFunction> {
  const reward = (await loadExport(file, name, '(text, tokens, argument) => nats')) as RewardFunction;
  return async (text, tokens, argument) => {
    let value: unknown;
    try {
      value = await reward(text, tokens, argument);
    } catch (error) {
      throw new InputError(file, [{ path: name, message: `threw for ${JSON.stringify(text)}: ${messageOf(error)}` }]);
    }
    if (typeof value === 'number' && !Number.isNaN(value) && value < Infinity) return value;
    const message = `expected a reward in nats, a number below Infinity, got ${String(value)} for ${JSON.stringify(text)}`;
    throw new InputError(file, [{ path: name, message }]);
  };
}

/** A function that a file exports. @param form as an error shows it */
export async function loadExport(file: string, name: string, form: string): Promise<unknown> {
  let module: Readonly<Record<string, unknown>>;
  try {
    module = await importPlugin(resolve(file));
  } catch (error) {
    throw inputError(file, `cannot be loaded: ${messageOf(error)}`);
  }
  const found = module[name];
  if (typeof found === 'function') return found;
  const names = Object.keys(module).filter((key) => typeof module[key] === 'function');
  const has = names.length === 0 ? 'it exports no function' : `it has ${names.join(', ')}`;
  throw inputError(file, `expected a function ${form} as its export "${name}" (${has})`);
}
