import { split } from '../base/random.js';
import type { SampleLine } from '../run/sample-line.js';
import type { Trace } from '../run/trace.js';
import type { BatchTexts, ShardText } from './batch-texts.js';
import type { MadeBatch, MadeShard, ShardHooks } from './made-shard.js';

/** A text for which candidates are sampled, and the best of them so far. */
interface Attempted {
  readonly text: ShardText;
  readonly index: number;
  tried: number;
  doubt: number;
  ids?: Int32Array;
  line?: SampleLine;
  traces?: () => Promise<Trace[]>;
}

/**
 * Samples one candidate for each text, then further ones for the texts that are too doubtful, until all are good enough or have had as many
 * candidates as they have keys. Texts that are left share the rows of a batch. Each attempt follows from the keys alone, so the same texts come
 * out every time.
 *
 * @param make makes a batch in which each text is chosen from the given keys
 * @param options.rows of a whole batch
 * @param options.enough the largest doubt of a good text, nats
 * @param options.repairs whether further candidates start from the best text so far
 */
export async function inAttempts(
  make: (batch: BatchTexts, hooks: ShardHooks) => Promise<MadeBatch>,
  { texts, filler }: BatchTexts,
  { rows, enough, repairs = false }: { readonly rows: number; readonly enough: number; readonly repairs?: boolean },
  hooks: ShardHooks,
): Promise<MadeShard> {
  const all = texts.map((text, index): Attempted => ({ text, index, tried: 0, doubt: Infinity }));
  let open: readonly Attempted[] = all;
  let steps = 0;
  const onStep = (done: number, of: number): void => hooks.onStep?.(done, (steps = of));
  for (let attempt = 0; open.length > 0; attempt++) {
    const size = attempt === 0 ? rows : rowsFor(open.length, rows);
    const each = attempt === 0 ? 1 : Math.floor(size / open.length);
    const taken = open.map(({ text, tried, ids, doubt }): ShardText => {
      const keys = text.keys.slice(tried, tried + each);
      const further = { ...text, keys, ...(ids && { toBeat: doubt }) };
      return repairs && ids ? { ...further, repaired: ids } : further;
    });
    const used = taken.reduce((sum, { keys }) => sum + keys.length, 0);
    const spare =
      attempt === 0 ? filler : Array.from({ length: size - used }, (_, row) => split(taken[0]!.keys[0]!, 'filler', row));
    const made = await make({ texts: taken, filler: spare }, hooksOf({ ...hooks, onStep }, attempt, open));
    let traced: ReturnType<MadeBatch['traces']> | undefined;
    const traces = () => (traced ??= made.traces()); // asks the guides about a batch once, not once per text
    open.forEach((one, i) => takeBetter(one, taken[i]!.keys.length, { ...made, traces }, i));
    open = open.filter(({ doubt, tried, text }) => doubt > enough && tried < text.keys.length);
  }
  hooks.onStep?.(steps, steps);
  return {
    lines: all.map(({ line, tried, doubt }) => ({ ...line!, chosen: { of: tried, score: -Number(doubt.toFixed(4)) } })),
    traces: async () => (await Promise.all(all.slice(0, hooks.traced ?? 0).map(({ traces }) => traces!()))).flat(),
  };
}

/** Returns the rows of a batch for the texts that are left: a half, a quarter or an eighth of a whole one if they fit, since each size compiles graphs. */
const rowsFor = (texts: number, rows: number): number =>
  [8, 4, 2].map((share) => Math.floor(rows / share)).find((size) => size >= texts) ?? rows;

/** Returns the hooks of an attempt: texts are shown while their first candidate is sampled, and each attempt takes half of the progress that is left. */
function hooksOf(
  { onStep, signal, traced = 0, predictions }: ShardHooks,
  attempt: number,
  open: readonly Attempted[],
): ShardHooks {
  const before = 1 - 2 ** -attempt;
  return {
    signal,
    traced: open.filter(({ index }) => index < traced).length,
    ...(predictions && attempt === 0 && { predictions }),
    ...(onStep && { onStep: (done, of) => onStep(Math.floor(of * before + done / 2 ** (attempt + 1)), of) }),
  };
}

/** Takes the text of a batch if it is less doubtful than the best one so far. */
function takeBetter(one: Attempted, tried: number, { doubts, ids, lines, traces }: MadeBatch, i: number): void {
  one.tried += tried;
  if (one.line && doubts[i]! >= one.doubt) return;
  Object.assign(one, { doubt: doubts[i]!, ids: ids[i]!, line: lines[i]!, traces: async () => [(await traces())[i]!] });
}
