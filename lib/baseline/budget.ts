import { keyOf, split } from '../base/random.js';
import type { MethodConfig } from '../config/index.js';
import type { Plan } from '../plan/plan.js';
import type { RunText, TextMaker } from './maker.js';

/** Candidates per text, or beams, in the first measurement. */
const TRIED = 4;
/** Texts in a measurement: enough to fill a batch. */
const TEXTS = 16;

/** Returns the configured number of candidates per text, or of beams. */
export const countOf = (method: MethodConfig): number => (method.name === 'beam' ? method.width : method.n);

/**
 * Returns how many candidates, or beams, fit the time budget. A first text compiles the programs; then a rough measurement gives a count, and a
 * second one measures with that count.
 *
 * @param seconds budget per text
 * @param finish chooses among the candidates, which counts towards the time
 * @returns the count, and the seconds measured per candidate or beam of a text
 */
export async function fittingCount(
  seconds: number,
  plan: Plan,
  maker: TextMaker,
  finish: (texts: readonly RunText[], candidates: readonly Int32Array[][]) => Promise<unknown>,
): Promise<{ count: number; secondsEach: number }> {
  const secondsEach = async (size: number, count: number): Promise<number> => {
    const texts = plan.items
      .slice(0, size)
      .map(({ target, sample }, i) => ({ target, sample, key: split(keyOf(0), 'budget', i) }));
    const begun = performance.now();
    await finish(texts, await maker.make(texts, count));
    return (performance.now() - begun) / 1000 / texts.length / count;
  };
  const fitting = (each: number): number => Math.max(1, Math.round(seconds / each));
  await secondsEach(1, 1);
  const rough = fitting(await secondsEach(TEXTS / 2, TRIED));
  const each = await secondsEach(TEXTS, rough);
  return { count: fitting(each), secondsEach: Number(each.toPrecision(3)) };
}
