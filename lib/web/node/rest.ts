import { sha256Digest } from '../sha256.js';

// What the library uses of node:buffer, node:crypto, node:os, node:util, node:worker_threads and node:zlib, for browsers.

export const threadId = 0;
export const endianness = (): string => (new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 'LE' : 'BE');
export const homedir = (): string => '/';

/** SHA-256, the one hash of the library. */
export function createHash(_: 'sha256') {
  let content = new Uint8Array();
  const hash = {
    update(data: Uint8Array<ArrayBuffer> | string) {
      content = typeof data === 'string' ? new TextEncoder().encode(data) : data;
      return hash;
    },
    digest: (form?: 'hex') => (form === 'hex' ? hexOf(sha256Digest(content)) : sha256Digest(content)),
  };
  return hash;
}

const hexOf = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

export function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Compares values as JSON has them, in which the order of keys does not count. */
export function isDeepStrictEqual(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b);
  const [own, other] = [a, b].map((value) => Object.keys(value)) as [string[], string[]];
  if (Array.isArray(a) !== Array.isArray(b) || own.length !== other.length) return false;
  const [from, to] = [a, b] as [Record<string, unknown>, Record<string, unknown>];
  return own.every((key) => key in to && isDeepStrictEqual(from[key], to[key]));
}

/** Nothing in an export is packed in a way that the library unpacks. */
export const gunzip = (): never => {
  throw new Error('a page in a browser reads no gzip files');
};
export const promisify = (fn: () => unknown) => (): Promise<unknown> => Promise.resolve().then(fn);
