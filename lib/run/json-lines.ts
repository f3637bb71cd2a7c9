import { createReadStream } from 'node:fs';
import { truncate } from 'node:fs/promises';
import { inputError } from '../base/errors.js';
import { unreadable } from '../base/files.js';

/** A line of a file, the first one 1. */
export interface NumberedLine {
  readonly number: number;
  readonly text: string;
}

/**
 * The lines of a file as they are read, in memory for one piece of it. A last line without its line break was cut short and is left out.
 * Errors: an InputError where the file cannot be read.
 */
export async function* wholeLines(path: string): AsyncGenerator<NumberedLine> {
  let rest = '';
  let number = 0;
  try {
    for await (const piece of createReadStream(path, 'utf8')) {
      const parts = (rest + (piece as string)).split('\n');
      rest = parts.pop()!;
      for (const text of parts) yield { number: ++number, text };
    }
  } catch (error) {
    throw error instanceof Error && 'syscall' in error ? unreadable(path, error) : error;
  }
}

/** The values of a file of JSON lines. Errors: an InputError with the line that is not JSON, or that `check` finds wrong. */
export async function* jsonLines<T>(
  path: string,
  check: (value: unknown) => string | undefined = () => undefined,
): AsyncGenerator<T> {
  for await (const { number, text } of wholeLines(path)) {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw inputError(`${path}:${number}`, 'is not JSON; remove the line, or make the file again');
    }
    const wrong = check(value);
    if (wrong !== undefined) throw inputError(`${path}:${number}`, wrong);
    yield value as T;
  }
}

/** Lists of at most `size` items. What comes before an error is given before it is thrown. */
export async function* inChunks<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let chunk: T[] = [];
  const source = items[Symbol.asyncIterator]();
  for (;;) {
    const next = await source.next().catch((error: unknown) => ({ error }));
    if ('error' in next) {
      if (chunk.length > 0) yield chunk;
      throw next.error;
    }
    if (next.done === true) break;
    chunk.push(next.value);
    if (chunk.length === size) {
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0) yield chunk;
}

/** How many whole lines a file has; 0 where there is none. */
export async function countLines(path: string): Promise<number> {
  return (await lineBreaks(path)).lines;
}

/** Cuts off a last line that a kill tore. @returns the whole lines that stay; 0 where there is no file */
export async function cutTornLine(path: string): Promise<number> {
  const { lines, end, bytes } = await lineBreaks(path);
  if (end < bytes) await truncate(path, end);
  return lines;
}

/** The line breaks of a file, the offset behind the last one, and all its bytes. */
async function lineBreaks(path: string): Promise<{ lines: number; end: number; bytes: number }> {
  let [lines, end, bytes] = [0, 0, 0];
  try {
    for await (const piece of createReadStream(path)) {
      const buffer = piece as Buffer;
      for (let at = buffer.indexOf(10); at >= 0; at = buffer.indexOf(10, at + 1)) {
        lines++;
        end = bytes + at + 1;
      }
      bytes += buffer.length;
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { lines: 0, end: 0, bytes: 0 };
    throw unreadable(path, error);
  }
  return { lines, end, bytes };
}
