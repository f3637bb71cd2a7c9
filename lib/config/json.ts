import { open } from 'node:fs/promises';
import { InputError, inputError, messageOf } from '../base/errors.js';
import { unreadable } from '../base/files.js';
import { jsonErrorOffset } from './json-error.js';

const MAX_CONFIG_BYTES = 10_000_000;

/** Reads a JSON file of at most 10 MB. @throws InputError with the line and column of a syntax error */
export async function readJson(path: string): Promise<unknown> {
  const text = decodeUtf8(path, await readBounded(path, MAX_CONFIG_BYTES));
  try {
    return JSON.parse(text);
  } catch (error) {
    throw inputError(where(path, text), `is not JSON: ${messageOf(error)}`);
  }
}

/** Reads a file. @throws InputError if it cannot be read or is larger than `maxBytes` */
export async function readBounded(path: string, maxBytes: number): Promise<Buffer> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      if (size > maxBytes)
        throw inputError(path, `expected at most ${maxBytes / 1e6} MB, the file has ${(size / 1e6).toFixed(1)} MB`);
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw error instanceof InputError ? error : unreadable(path, error);
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

function where(path: string, text: string): string {
  const before = text.slice(0, jsonErrorOffset(text)).split('\n');
  return `${path}:${before.length}:${before.at(-1)!.length + 1}`;
}
