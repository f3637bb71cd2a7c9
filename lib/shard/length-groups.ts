import { split } from '../base/random.js';
import { withConstraints } from './constraints.js';
import type { MadeBatch, ShardHooks } from './made-shard.js';
import { type BatchTexts, rowsIn, type ShardText } from './batch-texts.js';
import { lengthOf } from './sequence-length.js';
import type { ShardContext } from './shard-context.js';

/** Texts of a batch that are sampled apart from the others. */
export interface LengthGroup {
  readonly batch: BatchTexts;
  /** The places of its texts in the whole batch, rising. */
  readonly places: readonly number[];
}

/** Rows of a group, or those of one text if they are more. Fewer cost more each. */
const ROWS = 8;

/** Divides a batch into smaller ones of texts of about one length, which take less work than together. The same texts are always divided in the same way. */
export function groupsByLength(context: ShardContext, whole: BatchTexts): LengthGroup[] {
  const batch = withConstraints(whole);
  const { texts, filler } = batch;
  const lengths = texts.map(({ constraint }) => lengthOf(context, [constraint]));
  if (rowsIn(batch) <= ROWS || new Set(lengths).size === 1) return [{ batch, places: [...texts.keys()] }];
  const groups: number[][] = [];
  let rows = 0;
  for (const place of [...texts.keys()].sort((a, b) => lengths[a]! - lengths[b]!)) {
    const more = texts[place]!.keys.length;
    if (groups.length === 0 || rows + more > ROWS) {
      groups.push([]);
      rows = 0;
    }
    groups.at(-1)!.push(place);
    rows += more;
  }
  return groups.map((group) => {
    const places = group.sort((a, b) => a - b);
    return { places, batch: filledUp(places.map((place) => texts[place]!), filler) }; // prettier-ignore
  });
}

/** Returns a batch of at least `ROWS` rows. */
function filledUp(texts: readonly ShardText[], filler: BatchTexts['filler']): BatchTexts {
  const rows = texts.reduce((sum, { keys }) => sum + keys.length, 0);
  const spare = Math.max(0, ROWS - rows);
  return { texts, filler: Array.from({ length: spare }, (_, row) => filler[row] ?? split(texts[0]!.keys[0]!, 'filler', row)) };
}

/** Returns the hooks of a group, which see its texts at their places in the whole batch. @param before share of the work done before it, from 0 to 1 */
export function hooksOfGroup(
  { places }: LengthGroup,
  { onStep, traced = 0, predictions, ...hooks }: ShardHooks,
  [before, after]: readonly [number, number],
): ShardHooks {
  return {
    ...hooks,
    traced: places.filter((place) => place < traced).length,
    ...(onStep && { onStep: (done, of) => onStep(Math.floor(of * before + done * (after - before)), of) }),
    ...(predictions && {
      predictions: {
        wanted: (text, step) => predictions.wanted(places[text]!, step),
        onPredicted: (step, texts) =>
          predictions.onPredicted(step, new Map([...texts].map(([text, predicted]) => [places[text]!, predicted]))),
      },
    }),
  };
}

/** Joins the texts of groups in the order of the whole batch. */
export function joinedByPlace(made: readonly MadeBatch[], groups: readonly LengthGroup[]): MadeBatch {
  const order = groups.flatMap(({ places }, group) => places.map((place, text) => ({ place, group, text })));
  order.sort((a, b) => a.place - b.place);
  const all = <T>(of: (batch: MadeBatch) => readonly T[]): T[] => order.map(({ group, text }) => of(made[group]!)[text]!);
  return {
    lines: all(({ lines }) => lines),
    doubts: all(({ doubts }) => doubts),
    ids: all(({ ids }) => ids),
    async traces() {
      const each = await Promise.all(made.map((batch) => batch.traces()));
      return order.flatMap(({ group, text }) => each[group]![text] ?? []); // the first texts of a group are traced
    },
  };
}
