import { disk, missing } from '../disk.js';
import { resolve } from './paths.js';

// node:fs and node:fs/promises for browsers: they read the files of an export and write none.

export const constants = { W_OK: 2 };

/** An open file, as far as the library reads it. */
export interface FileHandle {
  stat(): Promise<{ readonly size: number }>;
  read(target: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
  readFile(): Promise<Uint8Array>;
  close(): Promise<void>;
}

export async function open(path: string): Promise<FileHandle> {
  const at = resolve(path);
  const bytes = await disk.bytes(at);
  return {
    stat: () => Promise.resolve({ size: bytes.length }),
    read(target, offset, length, position) {
      const part = bytes.subarray(position, position + length);
      target.set(part, offset);
      return Promise.resolve({ bytesRead: part.length });
    },
    readFile: () => Promise.resolve(bytes),
    close: () => Promise.resolve(),
  };
}

export function readFile(path: string): Promise<Uint8Array>;
export function readFile(path: string, encoding: 'utf8'): Promise<string>;
export async function readFile(path: string, encoding?: 'utf8'): Promise<Uint8Array | string> {
  const bytes = await disk.bytes(resolve(path));
  return encoding === undefined ? bytes : new TextDecoder().decode(bytes);
}

export const existsSync = (path: string): boolean => disk.has(resolve(path));
export const readFileSync = (path: string): string => disk.text(resolve(path));
export const readdirSync = (path: string): string[] => disk.list(resolve(path));

export function realpathSync(path: string): string {
  const at = resolve(path);
  if (!disk.has(at)) throw missing(at);
  return at;
}

export const access = (path: string): Promise<void> => (existsSync(path) ? Promise.resolve() : Promise.reject(missing(path)));

const writesNothing = (): Promise<never> => Promise.reject(new Error('a page in a browser writes no files'));

export { writesNothing as appendFile, writesNothing as mkdir, writesNothing as rename, writesNothing as rm };
