import { isUtf8 } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { inputError, InputError, messageOf } from '../base/errors.js';
import { unreadable } from '../base/files.js';
import type { Row } from './types.js';

/** Largest text of a file after unpacking, in bytes: it is read as a whole. */
const MAX_BYTES = 256 * 2 ** 20;

const unpack = promisify(gunzip);

/**
 * Reads a UTF-8 file, unpacked if its name ends in `.gz`, without a byte-order mark.
 *
 * @throws InputError if it cannot be read, is too large or is not UTF-8
 */
export async function readText(path: string): Promise<string> {
  const bytes = path.endsWith('.gz') ? await unpacked(path) : await readBytes(path);
  if (!isUtf8(bytes)) throw inputError(path, badUtf8(bytes));
  return new TextDecoder().decode(bytes);
}

/** Reads a file that is not too large. @throws InputError */
async function readBytes(path: string): Promise<Buffer> {
  try {
    const info = await stat(path);
    if (info.size > MAX_BYTES) throw inputError(path, tooLarge());
    return await readFile(path);
  } catch (error) {
    throw error instanceof InputError ? error : unreadable(path, error);
  }
}

async function unpacked(path: string): Promise<Buffer> {
  const bytes = await readBytes(path);
  try {
    return await unpack(bytes, { maxOutputLength: MAX_BYTES });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw inputError(path, tooLarge());
    throw inputError(
      path,
      `expected a complete gzip file, got: ${messageOf(error)}; pack it again, or unpack it and remove .gz from its name`,
    );
  }
}

function tooLarge(): string {
  return `expected at most ${MAX_BYTES / 2 ** 20} MiB of text; split the file`;
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

/** Returns the number of bytes before the first wrong one. */
function validPrefix(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const shown = decoder.decode(bytes);
  for (let i = shown.indexOf('\ufffd'), valid = 0; ; i = shown.indexOf('\ufffd', i + 1)) {
    valid = Buffer.byteLength(shown.slice(0, i));
    // The file may contain U+FFFD itself, as the bytes EF BF BD; the first one with other bytes marks the error.
    if (!Buffer.from(bytes.subarray(valid, valid + 3)).equals(Buffer.from([0xef, 0xbf, 0xbd]))) return valid;
  }
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
