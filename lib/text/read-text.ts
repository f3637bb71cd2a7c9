import { isUtf8 } from 'node:buffer';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { inputError, messageOf } from '../base/errors.js';
import { readAtMost, refuseManyLines } from '../base/files.js';
import type { Row } from './types.js';

/** Largest text of a file after unpacking, in bytes: it is read as a whole. */
const MAX_BYTES = 256_000_000;

const unpack = promisify(gunzip);

/**
 * Reads a UTF-8 file, unpacked if its name ends in `.gz`, without a byte-order mark.
 *
 * @throws InputError if it cannot be read, is too large, has too many lines or is not UTF-8
 */
export async function readText(path: string): Promise<string> {
  const bytes = path.endsWith('.gz') ? await unpacked(path) : await readAtMost(path, MAX_BYTES);
  refuseManyLines(path, bytes);
  if (!isUtf8(bytes)) throw inputError(path, badUtf8(bytes));
  return new TextDecoder().decode(bytes);
}

async function unpacked(path: string): Promise<Buffer> {
  const bytes = await readAtMost(path, MAX_BYTES);
  try {
    return await unpack(bytes, { maxOutputLength: MAX_BYTES });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw inputError(path, `expected at most ${MAX_BYTES / 1e6} MB of text; split the file`);
    throw inputError(
      path,
      `expected a complete gzip file, got: ${messageOf(error)}; pack it again, or unpack it and remove .gz from its name`,
    );
  }
}

/** Describes the first byte that is not UTF-8. */
function badUtf8(bytes: Buffer): string {
  let start = 0;
  for (let line = 1; ; line++) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.length : newline;
    if (!isUtf8(bytes.subarray(start, end))) {
      const offset = start + validPrefix(bytes.subarray(start, end));
      return `line ${line}, byte ${offset} of the file: expected UTF-8; convert the file, for instance with iconv -t UTF-8`;
    }
    start = end + 1;
  }
}

/** Returns the number of bytes before the first wrong character, by bisection. */
function validPrefix(bytes: Uint8Array): number {
  let [valid, wrong] = [0, bytes.length]; // the bytes before `valid` are UTF-8, those before `wrong` are not
  while (wrong - valid > 2 * LONGEST_CHARACTER) {
    const at = (valid + wrong) >> 1;
    const start = characterStart(bytes, at);
    if (start === undefined) wrong = at;
    else if (isUtf8(bytes.subarray(valid, start))) valid = start;
    else wrong = start;
  }
  for (let end = valid + 1; end <= wrong; end++) if (isUtf8(bytes.subarray(valid, end))) valid = end;
  return valid;
}

const LONGEST_CHARACTER = 4;

/** Returns the last position up to `at` at which a character may start; undefined if more bytes continue one than any character has. */
function characterStart(bytes: Uint8Array, at: number): number | undefined {
  for (let start = at; start > at - LONGEST_CHARACTER; start--) if ((bytes[start]! & 0xc0) !== 0x80) return start;
  return undefined;
}

/**
 * Splits a text into lines, numbered from 1; the newline at its end begins no line. Unlike `lib/base/jsonl.ts`, which streams files of runs,
 * readers of corpora hold the (perhaps gzipped) file in memory and report all wrong lines at once.
 */
export function lines(text: string): Row[] {
  const parts = text.split(/\r?\n/);
  if (parts.at(-1) === '') parts.pop();
  return parts.map((part, i) => ({ line: i + 1, text: part }));
}
