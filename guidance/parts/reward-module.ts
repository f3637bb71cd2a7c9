import { existsSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { InputError, inputError, messageOf } from '../../lib/base/errors.js';
import { importPlugin } from '../../lib/guide/import.js';

/** A reward of one text, in nats, that a file exports. */
export type RewardFunction = (text: string, tokens: readonly string[], argument: unknown) => number | Promise<number>;

/**
 * Returns why a config cannot name a file, or undefined if it can: a config is data, so code comes only from a folder that the command line
 * or the program allows.
 */
export function moduleObstacle(file: string, folder: string | undefined): string | undefined {
  if (folder === undefined)
    return 'names a file to run, which a config alone may not do; allow its folder with --plugins DIR, or guidesWith in a program';
  if (!existsSync(folder)) return `the allowed folder, ${folder}, does not exist`;
  if (!/\.m?[jt]s$/.test(file)) return `expected a file that ends in .js, .mjs, .ts or .mts, got "${file}"`;
  if (!existsSync(file) || !statSync(file).isFile()) return `expected a file, there is none at ${resolve(file)}`;
  const inside = relative(realpathSync(folder), realpathSync(file)); // follows links
  return inside.startsWith(`..${sep}`) || isAbsolute(inside) ? `expected a file inside ${folder}, the allowed folder` : undefined;
}

/** Loads the function. @throws InputError naming the file and what it exports instead */
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

/** Loads a function that a file exports. @param form its signature, for the error */
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
