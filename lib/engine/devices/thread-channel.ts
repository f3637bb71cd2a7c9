import type { Worker } from 'node:worker_threads';
import { DiffusteerError } from '../../base/errors.js';
import type { HostTensor } from '../types.js';
import { startThread } from './sibling.js';
import { errorOf, type Handle, type Numbered, type Reply, type Request } from './thread-protocol.js';

interface Waiting {
  readonly resolve: (tensors: Record<string, HostTensor>) => void;
  readonly reject: (error: Error) => void;
}

/** Sends requests to the worker. The process stays alive only while answers are awaited. */
export class Channel {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #count = 0;
  #failure: DiffusteerError | undefined;

  constructor() {
    this.#worker = startThread('thread-worker', import.meta.url);
    this.#worker.unref();
    this.#worker.on('message', (reply: Reply) => this.#answer(reply));
    this.#worker.on('error', (error) =>
      this.#fail(new DiffusteerError(`the thread of the device failed: ${error.message}`, { cause: error })),
    );
    this.#worker.on('exit', () => this.#fail(new DiffusteerError('the device was used after it was disposed')));
  }

  newHandle(): Handle {
    return this.#count++;
  }

  ask(request: Request): Promise<Record<string, HostTensor>> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const id = this.#count++;
    const answer = new Promise<Record<string, HostTensor>>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#worker.ref();
    this.#worker.postMessage({ ...request, id } satisfies Numbered);
    return answer;
  }

  /** A request whose answer says nothing; if it fails, so does whatever uses its handle. */
  tell(request: Request): void {
    this.ask(request).catch(() => undefined);
  }

  #answer(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if ('failure' in reply) waiting?.reject(errorOf(reply.failure));
    else waiting?.resolve(reply.tensors);
  }

  #fail(error: DiffusteerError): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#failure);
    this.#waiting.clear();
  }
}
