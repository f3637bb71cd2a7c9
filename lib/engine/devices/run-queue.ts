/** Runs tasks one at a time: a tensor that a run replaces must not be read by another run meanwhile. */
export class RunQueue {
  #last: Promise<unknown> = Promise.resolve();

  add<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
