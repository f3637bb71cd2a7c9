import { createReadStream, existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { Page } from 'playwright-core';
import type { GenerateEvent } from '../../lib/serve/api.js';
import type { Call, ExportStatus, Reply } from '../../lib/web/protocol.js';

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

/** Flags with which Chromium offers WebGPU in software. */
export const SOFTWARE_GPU: readonly string[] = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

/** Returns what an exported page computes on. */
export const providerOf = async (page: Page): Promise<ExportStatus['provider']> => {
  const { value } = (await called(page, { id: 0, method: 'status', args: [] })) as { value: ExportStatus };
  return value.provider;
};

/** Runs a config in the worker of an exported page. @returns the finished texts in the order of the config */
export async function textsInBrowser(page: Page, config: object): Promise<string[]> {
  const { events } = await called(page, { id: 0, method: 'generate', args: [config, { every: 0 }] });
  const problems = events.find((event) => event.event === 'problems' || event.event === 'error');
  if (problems) throw new Error(JSON.stringify(problems));
  const lines = events.flatMap((event) => (event.event === 'text' ? [event.line] : []));
  return lines.sort((a, b) => a.sample - b.sample).map(({ text }) => text);
}

/** Calls a method of a new worker of an exported page. */
const called = (page: Page, call: Call): Promise<{ events: readonly GenerateEvent[]; value: unknown }> =>
  page.evaluate(
    (message) =>
      new Promise<{ events: GenerateEvent[]; value: unknown }>((resolve, reject) => {
        const { Worker } = globalThis as unknown as { Worker: new (url: string, options: object) => PageWorker };
        const worker = new Worker('./engine.js', { type: 'module' });
        const events: GenerateEvent[] = [];
        worker.onerror = ({ message: why }) => reject(new Error(why));
        worker.onmessage = ({ data }) => {
          if ('event' in data) events.push(data.event);
          else if ('error' in data) reject(new Error(JSON.stringify(data.error)));
          else if ('value' in data) resolve({ events, value: data.value });
        };
        worker.postMessage(message);
      }),
    call,
  );
