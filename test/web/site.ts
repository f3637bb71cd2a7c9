import { createReadStream, existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { Page } from 'playwright-core';
import type { GenerateEvent } from '../../lib/serve/api.js';
import type { Call, Reply } from '../../lib/web/protocol.js';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
};

/** Serves the files of a folder and nothing else. */
export async function serveFolder(folder: string): Promise<{ server: Server; url: string }> {
  const server = createServer(({ url = '/' }, response) => {
    const path = join(folder, url === '/' ? 'index.html' : new URL(url, 'http://localhost').pathname);
    if (!existsSync(path)) return void response.writeHead(404).end();
    response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream');
    createReadStream(path).pipe(response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

/** The part of a worker that a test calls: the types of browsers are those of the studio alone. */
interface PageWorker {
  onmessage: (event: { data: Reply }) => void;
  onerror: (event: { message: string }) => void;
  postMessage(call: Call): void;
}

/** Runs a config in the worker of an exported page. @returns the finished texts in the order of the config */
export async function textsInBrowser(page: Page, config: object): Promise<string[]> {
  const events = await page.evaluate(
    (request) =>
      new Promise<GenerateEvent[]>((resolve, reject) => {
        const { Worker } = globalThis as unknown as { Worker: new (url: string, options: object) => PageWorker };
        const worker = new Worker('./engine.js', { type: 'module' });
        const got: GenerateEvent[] = [];
        worker.onerror = ({ message }) => reject(new Error(message));
        worker.onmessage = ({ data }) => {
          if ('event' in data && data.event.event === 'problems') reject(new Error(JSON.stringify(data.event.problems)));
          else if ('event' in data) got.push(data.event);
          else if ('error' in data) reject(new Error(JSON.stringify(data.error)));
          else if ('value' in data) resolve(got);
        };
        worker.postMessage({ id: 0, method: 'generate', args: [request, { every: 0 }] });
      }),
    config,
  );
  const lines = events.flatMap((event) => (event.event === 'text' ? [event.line] : []));
  return lines.sort((a, b) => a.sample - b.sample).map(({ text }) => text);
}
