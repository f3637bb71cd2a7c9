import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Handler } from 'hono';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

interface PageFile {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly zipped: Uint8Array<ArrayBuffer>;
}

/** Returns a handler of the files of a built page, all read once: a request can name no other file. @param folder that may be missing */
export function pageHandler(folder: string): Handler {
  const files = existsSync(folder) ? readPage(folder) : new Map<string, PageFile>();
  return (c) => {
    const path = c.req.path === '/' ? '/index.html' : c.req.path;
    const file = files.get(path);
    if (!file && path === '/index.html') return c.text(NO_PAGE);
    if (!file) return c.json({ message: `there is nothing at ${c.req.path}; the routes are in /v1/openapi.json` }, 404);
    const zips = c.req.header('accept-encoding')?.includes('gzip') ?? false;
    c.header('Content-Type', file.type);
    c.header('Vary', 'Accept-Encoding');
    if (path.startsWith('/assets/')) c.header('Cache-Control', 'private, max-age=31536000, immutable'); // named by their content
    if (zips) c.header('Content-Encoding', 'gzip');
    return c.body(zips ? file.zipped : file.bytes);
  };
}

const NO_PAGE =
  'The page of the studio is not built here: run `npm run build`. The server itself works; its routes are in /v1/openapi.json.\n';

function readPage(folder: string): Map<string, PageFile> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  const files = names.filter((name) => statSync(name).isFile() && extname(name) in TYPES);
  return new Map(
    files.map((name) => {
      const bytes = new Uint8Array(readFileSync(name));
      const path = `/${relative(folder, name).split(sep).join('/')}`;
      return [path, { type: TYPES[extname(name)]!, bytes, zipped: new Uint8Array(gzipSync(bytes)) }] as const;
    }),
  );
}
