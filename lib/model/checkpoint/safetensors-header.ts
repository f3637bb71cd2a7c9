import type { FileHandle } from 'node:fs/promises';
import { isRecord } from '../../base/is-record.js';
import { InputError, inputError, messageOf, type Problem } from '../../base/errors.js';

/** Bytes of an element. What is not listed here is not read. */
export const ELEMENT_BYTES = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, U8: 1, BOOL: 1 } as const;
export type StoredType = keyof typeof ELEMENT_BYTES;

export interface Entry {
  readonly name: string;
  readonly type: StoredType;
  readonly shape: readonly number[];
  /** Position of its bytes in the file. */
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  readonly entries: readonly Entry[];
  readonly metadata: Record<string, string>;
}

const HEADER_BYTES_MAX = 100_000_000;

/**
 * Reads and checks the header of a safetensors file. Every byte after it must belong to exactly one tensor.
 *
 * @param path of the file, for messages
 * @throws InputError with every problem
 */
export async function readHeader(path: string, file: FileHandle): Promise<Header> {
  const { size } = await file.stat();
  if (size < 8) throw inputError(path, `expected a safetensors file, found ${size} bytes; the file may be cut off`);
  const length = Number(new DataView((await readAt(path, file, 0, 8)).buffer).getBigUint64(0, true));
  const most = Math.min(HEADER_BYTES_MAX, size - 8);
  if (length > most)
    throw inputError(
      path,
      `expected a safetensors header of at most ${most} bytes, found a length of ${length}; the file may be cut off or of another kind`,
    );
  const dataAt = 8 + length;
  const { entries, metadata } = parseHeader(path, await readAt(path, file, 8, length), size - dataAt);
  return { metadata, entries: entries.map((entry) => ({ ...entry, begin: dataAt + entry.begin, end: dataAt + entry.end })) };
}

/** Reads `length` bytes at a position into a buffer of their own, which typed arrays can share. @throws InputError if the file ends before */
export async function readAt(path: string, file: FileHandle, position: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done);
    if (bytesRead === 0)
      throw inputError(
        path,
        `expected ${length} bytes at byte ${position}, found ${done}; the file was cut off while it was read`,
      );
    done += bytesRead;
  }
  return bytes;
}

/** @param dataBytes size of the file after the header @returns the header, with positions from its end */
function parseHeader(file: string, text: Uint8Array, dataBytes: number): Header {
  const { __metadata__: metadata, ...tensors } = parseObject(file, text);
  const problems: Problem[] = [];
  const entries: Entry[] = [];
  for (const [name, value] of Object.entries(tensors)) {
    const entry = entryOf(name, value, dataBytes, problems);
    if (entry !== undefined) entries.push(entry);
  }
  const checked = metadataOf(metadata, problems);
  if (problems.length === 0) checkLayout(entries, dataBytes, problems);
  if (problems.length > 0) throw new InputError(file, problems);
  return { entries, metadata: checked };
}

function parseObject(file: string, text: Uint8Array): Record<string, unknown> {
  let parsed: unknown;
  try {
    const json = new TextDecoder('utf-8', { fatal: true }).decode(text);
    checkNesting(json); // first, since deep nesting takes JSON.parse seconds
    parsed = JSON.parse(json);
  } catch (error) {
    throw inputError(file, `expected a safetensors header in JSON: ${shorten(messageOf(error))}`);
  }
  if (!isRecord(parsed))
    throw inputError(file, `expected a safetensors header, an object in JSON, found ${shorten(JSON.stringify(parsed))}`);
  return parsed;
}

function entryOf(name: string, value: unknown, dataBytes: number, problems: Problem[]): Entry | undefined {
  const path = `/${shorten(name)}`;
  const wrong = (message: string): undefined => void problems.push({ path, message });
  if (!isRecord(value)) return wrong(`expected a tensor's dtype, shape and data_offsets, found ${found(value)}`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isStoredType(dtype)) return wrong(`expected a dtype of ${Object.keys(ELEMENT_BYTES).join(', ')}, found ${found(dtype)}`);
  if (!isCounts(shape)) return wrong(`expected a shape of whole numbers from 0, found ${found(shape)}`);
  if (!isCounts(offsets) || offsets.length !== 2) return wrong(`expected data_offsets [begin, end], found ${found(offsets)}`);
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > dataBytes)
    return wrong(
      `expected data_offsets in order and at most ${dataBytes}, the bytes after the header, found [${begin}, ${end}]; the file may be cut off`,
    );
  const bytes = shape.reduce((a, b) => a * b, ELEMENT_BYTES[dtype]);
  if (bytes !== end - begin) return wrong(`expected ${bytes} bytes for ${dtype} ${found(shape)}, found ${end - begin}`);
  return { name, type: dtype, shape, begin, end };
}

function checkLayout(entries: readonly Entry[], dataBytes: number, problems: Problem[]): void {
  let at = 0;
  for (const { name, begin, end } of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at)
      problems.push({
        path: `/${shorten(name)}`,
        message: `expected to begin at byte ${at}, where the tensor before it ends, found ${begin}`,
      });
    at = end;
  }
  if (at !== dataBytes)
    problems.push({ path: '', message: `expected ${at} bytes of tensors after the header, found ${dataBytes}` });
}

function metadataOf(value: unknown, problems: Problem[]): Record<string, string> {
  if (value === undefined) return {};
  if (isRecord(value) && Object.values(value).every((text) => typeof text === 'string')) return value as Record<string, string>;
  problems.push({ path: '/__metadata__', message: `expected an object of strings, found ${found(value)}` });
  return {};
}

/**
 * Walks JSON, valid or not, and throws where an object holds a name twice (JSON.parse would silently take the last) or where it is
 * nested deeper than a header can be.
 */
function checkNesting(json: string): void {
  const open: (Set<string> | undefined)[] = []; // keys of the objects around this place; undefined for an array
  for (let at = 0; at < json.length; at++) {
    const char = json[at];
    if (char === '{' || char === '[') open.push(char === '{' ? new Set() : undefined);
    else if (char === '}' || char === ']') open.pop();
    else if (char === '"') {
      const begin = at;
      for (at++; at < json.length && json[at] !== '"'; at++) if (json[at] === '\\') at++;
      if (isKey(json, at + 1)) addKey(open.at(-1), JSON.parse(json.slice(begin, at + 1)) as string);
    }
    if (open.length > 3) throw new Error('it is nested deeper than three levels');
  }
}

function addKey(keys: Set<string> | undefined, key: string): void {
  if (keys?.has(key)) throw new Error(`the name ${JSON.stringify(shorten(key))} stands twice`);
  keys?.add(key);
}

/** Returns whether a colon follows the string that ended before `at`. */
function isKey(json: string, at: number): boolean {
  while (' \t\r\n'.includes(json[at] ?? ':')) at++;
  return json[at] === ':';
}

const isStoredType = (value: unknown): value is StoredType => typeof value === 'string' && Object.hasOwn(ELEMENT_BYTES, value);
const isCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);

const found = (value: unknown): string => (value === undefined ? 'nothing' : shorten(JSON.stringify(value)));
const shorten = (text: string): string => (text.length <= 120 ? text : `${text.slice(0, 120)}...`);
