// node:path and node:url for browsers: paths are those of the export, `/` is its folder `files/`.

export const sep = '/';

/** Returns a path without empty parts, `.` and `..`. */
function normalised(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '..' || !isAbsolute(path)) parts.push(part);
  }
  return (isAbsolute(path) ? '/' : '') + parts.join('/') || '.';
}

export const isAbsolute = (path: string): boolean => path.startsWith('/');
export const join = (...parts: readonly string[]): string => normalised(parts.filter((part) => part !== '').join('/'));
export const resolve = (...parts: readonly string[]): string =>
  parts.reduce((from, to) => normalised(isAbsolute(to) ? to : `${from}/${to}`), '/');
export const dirname = (path: string): string => {
  const end = path.lastIndexOf('/');
  return end > 0 ? path.slice(0, end) : end === 0 ? '/' : '.';
};
export const basename = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
export const extname = (path: string): string => /[^/]\.[^./]*$/.exec(path)?.[0].slice(1) ?? '';

export function relative(from: string, to: string): string {
  const [own, other] = [from, to].map((path) =>
    resolve(path)
      .split('/')
      .filter((part) => part !== ''),
  ) as [string[], string[]];
  const shared = own.findIndex((part, i) => part !== other[i]);
  const same = shared < 0 ? own.length : shared;
  return [...own.slice(same).map(() => '..'), ...other.slice(same)].join('/');
}

export const posix = { join };

/** Every module of the bundle lies in `/`. */
export const fileURLToPath = (): string => '/engine.js';
