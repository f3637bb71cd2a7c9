import { inputError, messageOf } from '../base/errors.js';
import { readAtMost } from '../base/files.js';
import { jsonErrorOffset } from './json-error.js';

const MAX_CONFIG_BYTES = 10_000_000;

/** Reads a JSON file of at most 10 MB. @throws InputError with the line and column of a syntax error */
export async function readJson(path: string): Promise<unknown> {
  const text = decodeUtf8(path, await readAtMost(path, MAX_CONFIG_BYTES));
  try {
    return JSON.parse(text);
  } catch (error) {
    throw inputError(where(path, text), `is not JSON: ${messageOf(error)}`);
  }
}

/** Decodes UTF-8. @throws InputError about `where` if the bytes are not UTF-8 */
export function decodeUtf8(where: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes); // removes a byte order mark
  } catch {
    throw inputError(where, 'is not UTF-8; save it with that encoding');
  }
}

/** Most lists and objects inside each other: more are taken for a mistake, and would exhaust the stack of whatever reads them. */
const MAX_NESTING = 100;

/** Returns whether a value has too many lists and objects inside each other. */
export function isTooNested(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_NESTING) return true;
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? (Object.values(item) as unknown[]) : []));
    level = level.filter((item) => typeof item === 'object');
  }
  return false;
}

export const TOO_NESTED = `expected at most ${MAX_NESTING} lists and objects inside each other`;

function where(path: string, text: string): string {
  const before = text.slice(0, jsonErrorOffset(text)).split('\n');
  return `${path}:${before.length}:${before.at(-1)!.length + 1}`;
}
