import { createReadStream } from 'node:fs';
import { truncate } from 'node:fs/promises';
import { inputError } from './errors.js';
import { unreadable } from './files.js';

/** A line of a file with its number, from 1. */
export interface NumberedLine {
  readonly number: number;
  readonly text: string;
}

/**
 * Reads the whole lines of a file one by one. A last line without a line break was cut short and is left out.
 *
 * @throws InputError if the file cannot be read
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

/**
 * Reads the values of a JSON Lines file one by one.
 *
 * @param check returns what is wrong with a value, if anything
 * @param remedy what to do about a line that is not JSON
 * @throws InputError that names the line, if it is not JSON or `check` refuses it
 */
export async function* jsonLines<T>(
  path: string,
  check: (value: unknown) => string | undefined = () => undefined,
  remedy = 'make the file again',
): AsyncGenerator<T> {
  for await (const { number, text } of wholeLines(path)) {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw inputError(`${path}:${number}`, `is not JSON; ${remedy}`);
    }
    const wrong = check(value);
    if (wrong !== undefined) throw inputError(`${path}:${number}`, wrong);
    yield value as T;
  }
}

/** Groups items into lists of at most `size`. Items read before an error are yielded before it is thrown. */
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

/** Counts the whole lines of a file; 0 if there is no file. */
export async function countLines(path: string): Promise<number> {
  return (await lineEnds(path)).length;
}

/** Cuts off a last line that has no line break. @returns the number of lines that remain; 0 if there is no file */
export async function cutTornLine(path: string): Promise<number> {
  const { ends, size } = await lineBreaks(path);
  const end = ends.at(-1) ?? 0;
  if (end < size) await truncate(path, end);
  return ends.length;
}

/** Returns the byte offset after each line break of a file; none if there is no file. */
export const lineEnds = async (path: string): Promise<number[]> => (await lineBreaks(path)).ends;

/** Finds the line breaks of a file. @returns the offset after each of them, and the size of the file in bytes */
async function lineBreaks(path: string): Promise<{ ends: number[]; size: number }> {
  const ends: number[] = [];
  let size = 0;
  try {
    for await (const piece of createReadStream(path)) {
      const buffer = piece as Buffer;
      for (let at = buffer.indexOf(10); at >= 0; at = buffer.indexOf(10, at + 1)) ends.push(size + at + 1);
      size += buffer.length;
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { ends: [], size: 0 };
    throw unreadable(path, error);
  }
  return { ends, size };
}
