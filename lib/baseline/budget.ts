import type { MethodConfig } from '../config/index.js';
import { InputError } from '../base/errors.js';
import { keyOf, split } from '../base/random.js';
import { locate } from '../base/locate.js';
import type { Plan } from '../plan/plan.js';
import { secondsPerText } from '../run/timing.js';
import type { TextMaker, TextPlace } from './maker.js';

/** Candidates of a text, or beams, of the first measurement. */
const TRIED = 4;
/** Texts of a measurement: enough to fill a batch. */
const TEXTS = 16;

/** Seconds a text that a method may take, undefined where it has a count. Errors: an InputError where the other run was not timed. */
export async function budgetOf({ seconds, budgetOf: run }: MethodConfig, where: string): Promise<number | undefined> {
  if (run === undefined) return seconds;
  if (seconds !== undefined)
    throw new InputError(where, [{ path: '/method', message: 'expected one of seconds and budgetOf, got both' }]);
  const taken = await secondsPerText(locate(run));
  if (taken !== undefined) return taken;
  const message = `expected the folder of a run with timing.jsonl, which \`diffusteer generate\` writes; ${run} has none`;
  throw new InputError(where, [{ path: '/method/budgetOf', message }]);
}

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
