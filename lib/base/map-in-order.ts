/**
 * Works on several items at the same time and yields the results in the order of the items. What was done before an error is yielded before it
 * is thrown.
 *
 * @param most items that are worked on at the same time
 */
export async function* mapInOrder<T, R>(items: AsyncIterable<T>, most: number, work: (item: T) => Promise<R>): AsyncGenerator<R> {
  const source = items[Symbol.asyncIterator]();
  const begun: Promise<R>[] = [];
  let isEnded = false;
  const begin = (result: Promise<R>): void => {
    result.catch(() => undefined); // it is thrown when its turn comes
    begun.push(result);
  };
  try {
    for (;;) {
      while (!isEnded && begun.length < most) {
        const next = await source.next().catch((error: unknown) => ({ error }));
        if ('error' in next) begin(Promise.reject(next.error as Error));
        else if (next.done !== true) begin(work(next.value));
        isEnded = 'error' in next || next.done === true;
      }
      const first = begun.shift();
      if (first === undefined) return;
      yield await first;
    }
  } finally {
    await source.return?.();
  }
}
