import { type FoundText, mbrChoice } from '../decode/index.js';
import { refuseBrokenLatents, refuseBrokenLogProbs } from '../plan/guide-errors.js';
import type { SampleLine } from '../run/sample-line.js';
import { adaptiveWeight } from '../sampler/index.js';
import { inAttempts } from './attempts.js';
import type { BatchTexts } from './batch-texts.js';
import { withConstraints } from './constraints.js';
import { departureOf, samplingOn } from './departure.js';
import { editLog } from './edit.js';
import { doubtOf, doubtsOf, leastDoubtful } from './joint-texts.js';
import { groupsByLength, hooksOfGroup, joinedByPlace } from './length-groups.js';
import type { MadeBatch, MadeShard, ShardHooks } from './made-shard.js';
import { type Chosen, startParticles } from './particle-run.js';
import { reportPredictions } from './predictions.js';
import { type FinishedText, nats, resultsOf, sampleLine } from './results.js';
import { createRowReader, type RowText } from './row-texts.js';
import { assembleBatch, type BatchRow, type ShardBatch, textsOfShard } from './shard-batch.js';
import type { ShardContext } from './shard-context.js';
import { tracesOf, watchRows } from './trajectory.js';

/** Makes the texts of a shard of a run; that of a branch continues a text of another run, which is made again. @throws as `makeTexts` */
export async function makeShard(context: ShardContext, shard: number, hooks: ShardHooks = {}): Promise<MadeShard> {
  const batch = textsOfShard(context, context.layout, shard);
  const { branch } = context;
  if (!branch) return makeTexts(context, batch, hooks);
  const departure = await departureOf(branch, samplingOn(context.device, hooks));
  return makeTexts(context, { ...batch, texts: batch.texts.map((text) => ({ ...text, departure })) }, hooks);
}

/**
 * Makes texts by guided diffusion. If candidates are sampled until one is good enough, that takes several batches.
 *
 * @throws Interrupted; a DiffusteerError if a guide returned NaN
 */
export function makeTexts(context: ShardContext, texts: BatchTexts, hooks: ShardHooks = {}): Promise<MadeShard> {
  const { layout, decoder } = context;
  if (!layout.inTurn) return makeGroups(context, texts, hooks);
  return inAttempts(
    (...batch) => makeGroups(context, ...batch),
    withConstraints(texts),
    { rows: layout.rows, enough: decoder!.options.enough!, repairs: context.repairer !== undefined },
    hooks,
  );
}

/**
 * Samples texts again only to report their steps, such as those of the candidate that was chosen. Their keys name one row for each.
 *
 * @throws Interrupted
 */
export async function reportSteps(
  context: ShardContext,
  texts: BatchTexts,
  hooks: Required<Pick<ShardHooks, 'predictions'>> & Pick<ShardHooks, 'signal'>,
): Promise<void> {
  const groups = groupsByLength(context, texts);
  for (const group of groups) await sampleBatch(context, group.batch, hooksOfGroup(group, hooks, [0, 1]));
}

/** Makes the texts of a batch: samples those of about one length together, and finds all of them in one search. */
async function makeGroups(context: ShardContext, texts: BatchTexts, hooks: ShardHooks): Promise<MadeBatch> {
  const groups = groupsByLength(context, texts);
  const sampled: SampledBatch[] = [];
  const own = groups.map((group, i) => hooksOfGroup(group, hooks, [i / groups.length, (i + 1) / groups.length]));
  for (const [i, { batch }] of groups.entries()) sampled.push(await sampleBatch(context, batch, own[i]!));
  const found = await context.finder?.(await withTilts(context, sampled), { signal: hooks.signal });
  const made: MadeBatch[] = [];
  for (const [i, one] of sampled.entries()) made.push(await finishBatch(context, one, found?.[i], own[i]!));
  return joinedByPlace(made, groups);
}

type SampledBatch = Awaited<ReturnType<typeof sampleBatch>>;

/** Lets the gradient guides of sampled batches say which words they want in the place of those that are the most probable. */
async function withTilts({ wordTilt }: ShardContext, sampled: readonly SampledBatch[]): Promise<readonly SampledBatch[]> {
  if (!wordTilt) return sampled;
  const tilted: SampledBatch[] = [];
  for (const { probs, ...one } of sampled) {
    const probable = one.batch.rows.map((_, row) => one.reader.text(row, probs).ids);
    tilted.push({ ...one, probs: await wordTilt(probs, probable, one.batch.toSample) });
  }
  return tilted;
}

/** Chooses a row for each text of a sampled batch, and asks the guides about it. @param found by joint decoding, by row */
async function finishBatch(
  context: ShardContext,
  { batch, reader, weights, particles, watcher, probs }: SampledBatch,
  found: ReadonlyMap<number, FoundText> | undefined,
  { traced = 0 }: ShardHooks,
): Promise<MadeBatch> {
  const { guides, scorer } = context;
  const read = batch.rows.map((_, row) => {
    const ids = found?.get(row)?.ids;
    return ids ? reader.read(ids) : reader.text(row, probs);
  });
  const logProbs = await scorer.score(read.map(({ ids }) => ids), batch.toSample.guideInputs); // prettier-ignore
  refuseBrokenLogProbs(logProbs, guides.latent);
  const doubts = found && doubtsOf(found, logProbs, context.decoder!.options);
  const chosen = particles ? await particles.choose(read) : chosenRows(read, batch.groups, doubts);
  const lines = chosen.map((one) => lineOf(batch.rows[one.row]!, read[one.row]!, one, { logProbs, weights }));
  const tracedRows = chosen.slice(0, traced).map(({ row }) => row);
  return {
    lines,
    doubts: chosen.map(({ row }) => (doubts ? doubtOf(doubts, row) : 0)),
    ids: chosen.map(({ row }) => read[row]!.ids),
    traces: () => tracesOf(context, batch, { watcher, rows: tracedRows, texts: read }),
  };
}

/** Samples a batch with all that observes it. @returns also the token probabilities of the last step, [B, L, V] */
async function sampleBatch(context: ShardContext, texts: BatchTexts, { traced = 0, predictions, ...hooks }: ShardHooks) {
  const { guides, checkpoint, samplerOf } = context;
  const batch = await assembleBatch(context, texts);
  const reader = createRowReader(batch.constraints, checkpoint.tokenizer);
  const weights = guides.latent.map(({ auto, window }, i) => auto && adaptiveWeight(i, batch.rows.length, window, auto));
  const particles = startParticles(batch, reader);
  const watcher = watchRows(batch.groups.slice(0, traced).flat(), reader);
  const reporter = predictions && reportPredictions(context, batch, reader, predictions);
  const observers = [...weights, particles, watcher, reporter].filter((observer) => observer !== undefined);
  const probs = await samplerOf(batch.rows.length).sample({ ...batch.toSample, observers }, hooks);
  refuseBrokenLatents(probs, batch.rows.length, guides.latent);
  return { batch, reader, weights, particles, watcher, probs };
}

/** Returns the line of a chosen row. */
function lineOf(
  { run, item, key }: BatchRow,
  text: RowText,
  { row, log, rewards }: Pick<Chosen, 'row'> & Partial<Chosen>,
  results: Pick<FinishedText, 'logProbs' | 'weights'>,
): SampleLine {
  const { plan, guides, checkpoint, given } = run;
  const target = item!.target;
  return sampleLine(plan, item!, text, {
    key,
    guides: resultsOf(guides, { ...results, target, ids: text.ids, row, rewards }, checkpoint.tokenizer.vocabulary),
    ...(log && { particles: { ...log, reward: nats(log.reward)! } }),
    ...(given && { edit: editLog(given[target]!, text.tokens) }),
  });
}

/** Returns for each text the candidate that joint decoding or minimum Bayes risk chooses. */
function chosenRows(
  texts: readonly RowText[],
  groups: ShardBatch['groups'],
  doubts: ReadonlyMap<number, number> | undefined,
): (Pick<Chosen, 'row'> & Partial<Chosen>)[] {
  const typical = (rows: readonly number[]): number => rows[mbrChoice(rows.map((row) => texts[row]!.tokens))]!;
  return (doubts ? leastDoubtful(doubts, groups) : groups.map(typical)).map((row) => ({ row }));
}
