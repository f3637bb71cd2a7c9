import { accepts } from '../automaton/index.js';
import { decodeAccepted } from '../decode/accepted.js';
import { decodeArgmax, type Decoded } from '../decode/argmax.js';
import { mbrChoice } from '../decode/mbr.js';
import type { GenerateConfig } from '../config/index.js';
import type { HostTensors } from '../engine/types.js';
import type { Checkpoint } from '../model/checkpoint.js';
import { keyOf, normal, seedOf, split, type Key } from '../random.js';
import type { PosteriorFactors } from '../sampler/guide.js';
import type { SampleBatch, SampleHooks, Sampler } from '../sampler/sample.js';
import { fromCanvas } from '../text/canvas.js';
import type { Vocabulary } from '../text/types.js';
import type { RunGuides } from './guides.js';
import { refuseBrokenLatents, refuseBrokenLogProbs } from './numbers.js';
import type { Plan } from './plan.js';
import { textConstraint, type TextConstraint } from './text-factors.js';
import type { Scorer } from './score.js';

/** What `samples.jsonl` says of a guide and a text: its log-probability in nats on the decoded tokens, null where it has none. */
export interface GuideResult {
  readonly logProb: number | null;
  /** Where the guide states a hard fact: whether it holds. */
  readonly holds?: boolean;
}

/** A line of samples.jsonl. */
export interface SampleLine {
  /** Target and sample. */
  readonly id: string;
  readonly target: Readonly<Record<string, unknown>>;
  readonly sample: number;
  /** START, END and PAD left out. */
  readonly tokens: readonly string[];
  readonly text: string;
  readonly guides: Readonly<Record<string, GuideResult>>;
  /** The words reach the end of the canvas. */
  readonly truncated?: true;
  readonly seed: number;
}

/** All that the shards of a run share. */
export interface ShardTools {
  readonly config: GenerateConfig;
  readonly plan: Plan;
  readonly checkpoint: Checkpoint;
  readonly guides: RunGuides;
  readonly sampler: Sampler;
  readonly scorer: Scorer;
}

/** Texts that a shard holds: rows of a batch, less the candidates that decoding drops. */
export const shardSize = ({ batchSize, decode }: Pick<GenerateConfig, 'batchSize' | 'decode'>): number =>
  Math.max(1, Math.floor(batchSize / candidatesOf(decode)));

const candidatesOf = (decode: GenerateConfig['decode']): number => (decode.name === 'mbr' ? decode.candidates : 1);

export const shardCount = (config: GenerateConfig, plan: Plan): number => Math.ceil(plan.items.length / shardSize(config));

interface BatchRow {
  /** Index of its item in the plan; undefined fills up the last shard. */
  readonly item: number | undefined;
  readonly key: Key;
}

/**
 * Makes the texts of a shard. Their noise follows from the run's seed and the places of the texts alone.
 * Errors: Interrupted; a DiffusteerError where a guide gave what is no number.
 */
export async function makeShard(tools: ShardTools, shard: number, hooks: SampleHooks = {}): Promise<SampleLine[]> {
  const { config, plan, checkpoint, sampler } = tools;
  const { vocabulary } = checkpoint.tokenizer;
  const rows = rowsOf(tools, shard);
  const constraints = constraintsOf(tools, rows);
  const batch = batchOf(tools, rows, constraints);
  const probs = await sampler.sample(batch, hooks); // [B, L, V]
  refuseBrokenLatents(probs, rows.length, tools.guides.latent);

  const size = probs.length / rows.length;
  const decoded = constraints.map((one, i) => decode(one, probs.subarray(i * size, (i + 1) * size), vocabulary));
  const logProbs = await tools.scorer.score(
    decoded.map(({ ids }) => ids),
    batch.guideInputs,
  );
  refuseBrokenLogProbs(logProbs, tools.guides.latent);
  const candidates = candidatesOf(config.decode);
  const lines: SampleLine[] = [];
  for (let first = 0; first < rows.length && rows[first]!.item !== undefined; first += candidates) {
    const texts = decoded.slice(first, first + candidates).map(({ ids }) => fromCanvas(ids, vocabulary));
    const row = first + mbrChoice(texts.map(({ tokens }) => tokens));
    const { target, sample } = plan.items[rows[row]!.item!]!;
    const { tokens, truncated } = fromCanvas(decoded[row]!.ids, vocabulary);
    lines.push({
      id: `${target}-${sample}`,
      target: plan.targets[target]!.fields,
      sample,
      tokens,
      text: checkpoint.tokenizer.detokenize(tokens),
      guides: { ...posteriorResults(tools, target, decoded[row]!.ids), ...latentResults(tools, logProbs, row) },
      ...(truncated ? { truncated: true as const } : {}),
      seed: seedOf(rows[row]!.key),
    });
  }
  return lines;
}

function batchOf(tools: ShardTools, rows: readonly BatchRow[], constraints: readonly TextConstraint[]): SampleBatch {
  const { maxTokens, embeddingWidth } = tools.checkpoint.config;
  const noise = (label: string | number) => concat(rows.map(({ key }) => normal(split(key, label), maxTokens * embeddingWidth)));
  const lattices = constraints.map(({ lattice }) => lattice);
  return {
    start: noise('start'),
    noiseAt: noise,
    factors: concat(constraints.map(({ factors }) => factors)),
    ...(lattices.some((lattice) => lattice !== undefined) ? { lattices } : {}),
    guideInputs: guideInputs(tools, rows),
  };
}

/** The rows of a shard's batch: each item as often as decoding wants candidates, and rows that fill the batch up. */
function rowsOf({ config, plan }: ShardTools, shard: number): BatchRow[] {
  const size = shardSize(config);
  const candidates = candidatesOf(config.decode);
  const key = split(keyOf(config.sampler.seed ?? config.seed), 'shard', shard);
  return Array.from({ length: Math.max(config.batchSize, candidates) }, (_, i) => {
    const item = shard * size + Math.floor(i / candidates);
    const used = i < size * candidates && item < plan.items.length;
    return { item: used ? item : undefined, key: split(key, 'row', i) };
  });
}

/** Rows of one target share their constraint. */
function constraintsOf({ plan, guides, checkpoint }: ShardTools, rows: readonly BatchRow[]): TextConstraint[] {
  const known = new Map<number | undefined, TextConstraint>();
  return rows.map(({ item }) => {
    const target = item === undefined ? undefined : plan.items[item]!.target;
    if (!known.has(target)) known.set(target, textConstraint(guides.posterior, checkpoint, target));
    return known.get(target)!;
  });
}

function decode({ factors, lattice }: TextConstraint, probs: Float32Array, vocabulary: Vocabulary): Decoded {
  return lattice ? decodeAccepted(lattice, probs, factors) : decodeArgmax(probs, vocabulary);
}

function guideInputs({ plan, guides }: ShardTools, rows: readonly BatchRow[]): HostTensors[] {
  return guides.latent.map(({ guide, options, weight }) => ({
    ...guide.encode(rows.map(({ item }) => (item === undefined ? null : options[plan.items[item]!.target]))),
    weight: { dtype: 'float32', shape: [rows.length], data: new Float32Array(rows.length).fill(weight) },
  }));
}

function posteriorResults({ guides, checkpoint }: ShardTools, target: number, ids: Int32Array): Record<string, GuideResult> {
  const { vocabulary } = checkpoint.tokenizer;
  return Object.fromEntries(
    guides.posterior.map(({ label, guide, options }) => [
      label,
      posteriorResult(guide.factors(options[target]), ids, vocabulary),
    ]),
  );
}

/** The log-factors of a text summed, none where the guide's automaton rejects it; hard facts and automata hold or not. */
function posteriorResult({ logUnary, automaton }: PosteriorFactors, ids: Int32Array, { size, end }: Vocabulary): GuideResult {
  const stop = ids.indexOf(end);
  const accepted = !automaton || accepts(automaton, ids.subarray(1, stop < 0 ? undefined : stop));
  const logProb = accepted ? ids.reduce((sum, id, i) => sum + (logUnary?.[i * size + id] ?? 0), 0) : -Infinity;
  const isHard = !logUnary || logUnary.every((value) => value === 0 || value === -Infinity);
  return { logProb: finite(logProb), ...(isHard ? { holds: logProb === 0 } : {}) };
}

function latentResults(
  { guides }: ShardTools,
  logProbs: readonly (Float32Array | undefined)[],
  row: number,
): Record<string, GuideResult> {
  return Object.fromEntries(guides.latent.map(({ label }, i) => [label, { logProb: finite(logProbs[i]?.[row] ?? -Infinity) }]));
}

/** A number as a JSON line holds it: four digits are more than two machines agree on; what is forbidden has no logarithm. */
const finite = (value: number): number | null => (Number.isFinite(value) ? Number(value.toFixed(4)) : null);

function concat(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
