import { signal } from '@preact/signals';
import { type Client, type ErrorAnswer, type GenerateEvent, ServerError } from 'diffusteer/client';
import type { Call, LoadProgress, Reply } from '../../../lib/web/protocol.js';

/** Bytes of an exported page that were fetched before its engine can start. */
export const progress = signal<LoadProgress | undefined>(undefined);

interface Waiting {
  event(event: GenerateEvent): void;
  done(value: unknown): void;
  failed(error: Error): void;
}

/** Returns a client of an engine in a worker of this page. @param url of the worker's module */
export function createWorkerClient(url: string): Client {
  const worker = new Worker(url, { type: 'module' });
  const waiting = new Map<number, Waiting>();
  let calls = 0;
  let broken: Error | undefined;
  worker.onmessage = ({ data }: MessageEvent<Reply | LoadProgress>) => {
    if ('loaded' in data) return void (progress.value = data);
    const { event, done, failed } = waiting.get(data.id)!;
    if ('event' in data) return event(data.event);
    waiting.delete(data.id);
    if ('error' in data) failed(refusal(data.error));
    else done(data.value);
  };
  worker.onerror = (failure) => {
    broken = new ServerError(
      `the engine of this page stopped (${failure.message || `${url} does not load`}); reload the page`,
      500,
    );
    for (const { failed } of waiting.values()) failed(broken);
    waiting.clear();
  };
  const send = (method: Call['method'], args: readonly unknown[], to: Waiting): number => {
    const id = calls++;
    if (broken) to.failed(broken);
    else {
      waiting.set(id, to);
      worker.postMessage({ id, method, args } satisfies Call);
    }
    return id;
  };
  const call = <T>(method: Call['method'], ...args: readonly unknown[]): Promise<T> =>
    new Promise((resolve, reject) => {
      send(method, args, { event: () => undefined, done: (value) => resolve(value as T), failed: reject });
    });
  return {
    async *generate(request, { signal, ...options } = {}) {
      const queue = eventQueue();
      const id = send('generate', [request, options], queue);
      const stop = () => worker.postMessage({ id, method: 'stop', args: [] } satisfies Call);
      signal?.addEventListener('abort', () => (stop(), queue.failed(new Error('stopped'))));
      try {
        yield* queue.read();
      } finally {
        stop();
      }
    },
    check: (request) => call('check', request),
    analyse: () => Promise.reject(new ServerError('this page has no parser; `diffusteer studio` does', 404)),
    guides: (model) => call('guides', model),
    models: () => call('models'),
    vocabulary: (model) => call('vocabulary', model),
    schema: () => call('schema'),
    status: () => call('status'),
  };
}

const refusal = ({ message, problems }: ErrorAnswer): ServerError => new ServerError(message, 422, problems);

/** Returns the events of a run as they come. */
function eventQueue(): Waiting & { read(): AsyncGenerator<GenerateEvent> } {
  const events: GenerateEvent[] = [];
  let end: { error?: Error } | undefined;
  let wake = (): void => undefined;
  return {
    event: (event) => (events.push(event), wake()),
    done: () => ((end = {}), wake()),
    failed: (error) => ((end ??= { error }), wake()),
    async *read() {
      for (;;) {
        while (events.length > 0) yield events.shift()!;
        if (end?.error) throw end.error;
        if (end) return;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
