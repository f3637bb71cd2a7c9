import { type FoundText, mbrChoice } from '../decode/index.js';
import { refuseBrokenLatents, refuseBrokenLogProbs } from '../plan/guide-errors.js';
import type { MethodRecord } from '../run/manifest.js';
import type { SampleLine } from '../run/sample-line.js';
import type { Trace } from '../run/trace.js';
import type { SampleHooks } from '../sampler/index.js';
import { adaptiveWeight } from '../sampler/index.js';
import { editLog } from './edit.js';
import { leastDoubtful } from './joint-texts.js';
import { type Chosen, startParticles } from './particle-run.js';
import { nats, resultsOf, sampleLine } from './results.js';
import { createRowReader, type RowText } from './row-texts.js';
import { assembleBatch, type ShardBatch } from './shard-batch.js';
import type { ShardContext } from './shard-context.js';
import { tracesOf, watchRows } from './trajectory.js';

export interface ShardHooks extends SampleHooks {
  /** Number of the shard's texts to trace, from the first. Default: none. */
  readonly traced?: number;
}

/** The texts of a shard. */
export interface MadeShard {
  readonly lines: readonly SampleLine[];
  /** Returns the traces of the traced texts. It asks the guides about every step only when called. */
  traces(): Promise<Trace[]>;
}

/** Makes the texts of a run, shard by shard. */
export interface ShardMaker {
  /** Texts per shard; the last may have fewer. */
  readonly size: number;
  /** The baseline that makes the texts, for the run's manifest; absent for guided diffusion. */
  readonly record?: MethodRecord;
  make(shard: number, hooks?: ShardHooks): Promise<MadeShard>;
}

/**
 * Makes the texts of a shard by guided diffusion: samples a batch, chooses a row for each text, and asks the guides about it.
 *
 * @throws Interrupted; a DiffusteerError if a guide returned NaN
 */
export async function makeShard(context: ShardContext, shard: number, hooks: ShardHooks = {}): Promise<MadeShard> {
  const { plan, guides, checkpoint: { tokenizer }, sampler, scorer, given } = context; // prettier-ignore
  const { traced = 0, ...sampleHooks } = hooks;
  const batch = await assembleBatch(context, shard);
  const reader = createRowReader(batch.constraints, tokenizer);
  const weights = guides.latent.map(({ auto, window }, i) => auto && adaptiveWeight(i, batch.rows.length, window, auto));
  const particles = startParticles(context, batch, reader);
  const watcher = watchRows(batch.groups.slice(0, traced).flat(), reader);
  const observers = [...weights, particles, watcher].filter((observer) => observer !== undefined);
  const probs = await sampler.sample({ ...batch.toSample, observers }, sampleHooks); // [B, L, V]
  refuseBrokenLatents(probs, batch.rows.length, guides.latent);

  const found = await context.finder?.(batch, probs, { signal: hooks.signal });
  const texts = batch.rows.map((_, row) => {
    const ids = found?.get(row)?.ids;
    return ids ? reader.read(ids) : reader.text(row, probs);
  });
  const logProbs = await scorer.score(texts.map(({ ids }) => ids), batch.toSample.guideInputs); // prettier-ignore
  refuseBrokenLogProbs(logProbs, guides.latent);
  const chosen = particles ? await particles.choose(texts) : chosenRows(texts, batch.groups, found);
  const lines = chosen.map(({ row, log, rewards }) => {
    const { item, key } = batch.rows[row]!;
    const text = texts[row]!;
    return sampleLine(plan, item!, text, {
      key,
      guides: resultsOf(guides, { target: item!.target, ids: text.ids, row, logProbs, weights, rewards }, tokenizer.vocabulary),
      ...(log && { particles: { ...log, reward: nats(log.reward)! } }),
      ...(given && { edit: editLog(given[item!.target]!, text.tokens) }),
    });
  });
  const tracedRows = chosen.slice(0, traced).map(({ row }) => row);
  return { lines, traces: () => tracesOf(context, batch, { watcher, rows: tracedRows, texts }) };
}

/** Returns for each text the candidate that joint decoding or minimum Bayes risk chooses. */
function chosenRows(
  texts: readonly RowText[],
  groups: ShardBatch['groups'],
  found: ReadonlyMap<number, FoundText> | undefined,
): (Pick<Chosen, 'row'> & Partial<Chosen>)[] {
  const typical = (rows: readonly number[]): number => rows[mbrChoice(rows.map((row) => texts[row]!.tokens))]!;
  return (found ? leastDoubtful(found, groups) : groups.map(typical)).map((row) => ({ row }));
}
