import { keyOf, split } from '../base/random.js';
import type { MethodConfig } from '../config/index.js';
import type { Plan } from '../plan/plan.js';
import type { TextMaker, TextPlace } from './maker.js';

/** Candidates of a text, or beams, of the first measurement. */
const TRIED = 4;
/** Texts of a measurement: enough to fill a batch. */
const TEXTS = 16;

export const countOf = (method: MethodConfig): number => (method.name === 'beam' ? method.width : method.n);

/**
 * As many candidates, or beams, as fit the budget. After a first text, for which all is compiled, two measurements: a rough one, and one with
 * the count that it gave.
 *
 * @param finish what is done with candidates: choosing among them is a part of the time
 */
export async function fittingCount(
  seconds: number,
  plan: Plan,
  maker: TextMaker,
  finish: (texts: readonly TextPlace[], candidates: readonly Int32Array[][]) => Promise<unknown>,
): Promise<{ count: number; secondsEach: number }> {
  const secondsEach = async (texts: number, count: number): Promise<number> => {
    const places = plan.items
      .slice(0, texts)
      .map(({ target, sample }, i) => ({ target, sample, key: split(keyOf(0), 'budget', i) }));
    const begun = performance.now();
    await finish(places, await maker.make(places, count));
    return (performance.now() - begun) / 1000 / places.length / count;
  };
  const fitting = (each: number): number => Math.max(1, Math.round(seconds / each));
  await secondsEach(1, 1);
  const rough = fitting(await secondsEach(TEXTS / 2, TRIED));
  const each = await secondsEach(TEXTS, rough);
  return { count: fitting(each), secondsEach: Number(each.toPrecision(3)) };
}
