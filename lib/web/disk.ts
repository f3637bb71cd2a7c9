import { DiffusteerError, messageOf } from '../base/errors.js';

/** Path of each file of an export, relative to its `files/`, and its size in bytes. */
export type FileList = Readonly<Record<string, number>>;

const PACKAGE = '/package.json';

/** The files of an export, which a browser fetches when they are first read. Paths are absolute: `/models/e2e/config.json`. */
class Disk {
  #sizes: FileList = {};
  #fetch: (path: string) => Promise<Uint8Array<ArrayBuffer>> = () => Promise.reject(new Error('no disk is mounted'));
  readonly #read = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();

  #version = '';

  /** @param version of diffusteer @param fetch gives the bytes of a file */
  mount(version: string, sizes: FileList, fetch: (path: string) => Promise<Uint8Array<ArrayBuffer>>): void {
    this.#version = version;
    this.#sizes = Object.fromEntries(Object.entries(sizes).map(([path, size]) => [`/${path}`, size]));
    this.#fetch = fetch;
    this.#read.clear();
  }

  has(path: string): boolean {
    return path in this.#sizes || path === '/' || path === PACKAGE || this.list(path).length > 0;
  }

  /** Returns the text of package.json, the one file that is read at once. @throws the error of Node for any other */
  text(path: string): string {
    if (path !== PACKAGE) throw missing(path);
    return JSON.stringify({ name: 'diffusteer', version: this.#version });
  }

  /** Returns the names in a folder. */
  list(folder: string): string[] {
    const start = folder === '/' ? '/' : `${folder}/`;
    const inside = Object.keys(this.#sizes).filter((path) => path.startsWith(start));
    return [...new Set(inside.map((path) => path.slice(start.length).split('/')[0]!))];
  }

  /** Returns the bytes of a file, which the disk keeps. @throws DiffusteerError if they cannot be fetched */
  bytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
    if (!(path in this.#sizes)) return Promise.reject(missing(path));
    const found = this.#read.get(path) ?? this.#fetched(path);
    this.#read.set(path, found);
    found.catch(() => this.#read.delete(path));
    return found;
  }

  async #fetched(path: string): Promise<Uint8Array<ArrayBuffer>> {
    try {
      return await this.#fetch(path.slice(1));
    } catch (error) {
      throw new DiffusteerError(`${path.slice(1)} could not be loaded: ${messageOf(error)}`, { cause: error });
    }
  }
}

/** Returns the error that Node throws for a missing file. */
export const missing = (path: string): Error =>
  Object.assign(new Error(`ENOENT: no such file: ${path}`), { code: 'ENOENT', syscall: 'open' });

/** The disk of this tab. */
export const disk = new Disk();
