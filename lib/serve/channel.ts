import type { GenerateEvent } from './api.js';

/** Most events that wait for a slow reader. Beyond them, the oldest steps are dropped, since later ones replace them on a screen. */
const WAITING = 512;

/** Events from a producer that does not wait to a reader that may be slower. */
export class EventChannel {
  readonly #events: GenerateEvent[] = [];
  #isClosed = false;
  #wake: (() => void) | undefined;

  push(event: GenerateEvent): void {
    if (this.#isClosed) return;
    this.#events.push(event);
    if (this.#events.length > WAITING) {
      const oldest = this.#events.findIndex((one) => one.event === 'step');
      if (oldest >= 0) this.#events.splice(oldest, 1);
    }
    this.#wake?.();
  }

  /** Ends the events after those that wait. */
  close(): void {
    this.#isClosed = true;
    this.#wake?.();
  }

  /** Yields the events until the channel is closed. Only one reader may read them. */
  async *read(): AsyncGenerator<GenerateEvent> {
    for (;;) {
      const next = this.#events.shift();
      if (next !== undefined) yield next;
      else if (this.#isClosed) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
