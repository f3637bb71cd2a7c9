import { latticeOf, marginals, overSequences } from '../automaton/index.js';
import { isWithin } from '../diffusion/reverse-steps.js';
import { addFactors, sequenceFactors } from '../guide/factors.js';
import { tilt } from '../guide/tilt.js';
import type { RunGuides } from '../plan/make-guides.js';
import type { RunStep, StepObserver, StepSight } from '../sampler/index.js';
import type { RowReader, RowText } from './row-texts.js';
import type { BatchRow, ShardBatch } from './shard-batch.js';
import type { ShardContext } from './shard-context.js';
import { entropies, predictedLogProbs } from './trajectory.js';

/** The text that the model predicts after a reverse step. */
export interface PredictedText {
  /** Id of the text. */
  readonly id: string;
  /** The predicted text, decoded like a finished one; of several rows that a text is chosen from, the first. */
  readonly words: readonly PredictedWord[];
  /** Log-probability of each clause for the predicted text, nats, by label; null if there is none. */
  readonly guides: Readonly<Record<string, number | null>>;
}

/** A position of a predicted text. */
export interface PredictedWord {
  readonly word: string;
  /** Probability of the word at its position, under all guides, to three significant digits. */
  readonly probability: number;
  /** Entropy of the position, from 0 to ln V, nats. */
  readonly entropy: number;
  /** The most probable words, the most probable first. They may include `END`, which ends a text, and `PAD`, which follows END. */
  readonly top: readonly ProbableWord[];
}

/** A probable word at a position. */
export interface ProbableWord {
  readonly word: string;
  /** Under all guides. */
  readonly probability: number;
  /** Under the denoiser alone. */
  readonly unguided: number;
  /**
   * The effect of each posterior clause alone on the word, by label: its log-probability under the denoiser and this clause, minus that
   * under the denoiser, nats. Clauses that leave the word alone are left out. Gradient clauses move latents, not words, and are never
   * listed.
   */
  readonly added: Readonly<Record<string, number>>;
}

/** Reports predicted texts of a batch while they are made. */
export interface PredictionHooks {
  /** Returns how many probable words per position to report of a text after a step; undefined to leave it out. @param text its index in the batch */
  wanted(text: number, step: RunStep): number | undefined;
  /** Called after each step of which a text is wanted. @param texts by index in the batch */
  onPredicted(step: RunStep, texts: ReadonlyMap<number, PredictedText>): void;
}

/** Returns an observer that reports predicted texts. It selects nothing, so the texts stay the same. */
export function reportPredictions(
  context: ShardContext,
  batch: ShardBatch,
  reader: RowReader,
  { wanted, onPredicted }: PredictionHooks,
): StepObserver {
  const effects = batch.groups.map(([row]) => clauseEffects(context, batch.rows[row!]!));
  const wantedAt = (step: RunStep) =>
    batch.groups.flatMap(([row], text) => {
      const top = wanted(text, step);
      return top === undefined ? [] : [{ text, row: row!, top }];
    });
  return {
    before(step) {
      const reports = wantedAt(step);
      return { probs: reports.length > 0, logits: reports.some(({ top }) => top > 0) };
    },
    async after(step, { probs, logits }: StepSight) {
      const reports = wantedAt(step);
      if (reports.length === 0) return undefined;
      const rows = reports.map(({ row }) => row);
      const texts = rows.map((row) => reader.text(row, probs!));
      const empty = { ids: new Int32Array(context.checkpoint.config.maxTokens) };
      const others = batch.rows.map(() => empty);
      const guides = await predictedLogProbs(context, batch, rows, texts, others);
      const found = reports.map(({ text, row, top }, r) => {
        const { target, sample } = batch.rows[row]!.item!;
        const own = reader.constrained(row, probs!, step.isLast); // [L, V]
        const raw = logits && { logits: rowOf(logits, row, batch.rows.length), effects: effects[text]!, step };
        const words = wordsOf(context, texts[r]!, own, top, raw);
        return [text, { id: `${target}-${sample}`, words, guides: guides[r]! }] as const;
      });
      onPredicted(step, new Map(found));
      return undefined;
    },
  };
}

const rowOf = (values: Float32Array, row: number, rows: number): Float32Array => {
  const size = values.length / rows;
  return values.subarray(row * size, (row + 1) * size);
};

/** Changes token probabilities [L, V] in place as a clause does by itself. */
interface ClauseEffect {
  readonly label: string;
  apply(probs: Float32Array, share: number): void;
}

/** Returns the effects of the posterior clauses of a row, each by itself. They are made when first asked for. */
function clauseEffects({ checkpoint }: ShardContext, { run, target }: BatchRow): () => readonly ClauseEffect[] {
  const { maxTokens } = checkpoint.config;
  const { vocabulary } = checkpoint.tokenizer;
  let known: readonly ClauseEffect[] | undefined;
  const effectOf = (clause: RunGuides['posterior'][number]): ClauseEffect => {
    const { label, guide, options, weight, window } = clause;
    const { logUnary, automaton, reward } = guide.factors(options[target!]);
    const factors = new Float32Array(maxTokens * vocabulary.size);
    if (logUnary) addFactors(factors, logUnary, weight);
    const lattice = automaton && latticeOf(overSequences(automaton, vocabulary), sequenceFactors(maxTokens, vocabulary));
    return {
      label,
      apply(probs, share) {
        if (logUnary) reweigh(probs, factors, vocabulary.size);
        if (reward && isWithin(share, window))
          tilt(probs, reward(probs).gradient.map((slope) => weight * slope), vocabulary.size); // prettier-ignore
        if (lattice) marginals(lattice, probs, probs);
      },
    };
  };
  return () => (known ??= run.guides.posterior.map(effectOf));
}

/** Multiplies probabilities [L, V] by e^factor and normalises each position, in place. A position with no possible token becomes zeros. */
function reweigh(probs: Float32Array, factors: Float32Array, size: number): void {
  for (let from = 0; from < probs.length; from += size) {
    let sum = 0;
    for (let at = from; at < from + size; at++) sum += probs[at]! *= Math.exp(factors[at]!);
    if (sum > 0) for (let at = from; at < from + size; at++) probs[at]! /= sum;
  }
}

/** What the effects of clauses on a row follow from. */
interface RawRow {
  readonly logits: Float32Array; // [L, V], of the denoiser
  readonly effects: () => readonly ClauseEffect[];
  readonly step: RunStep;
}

/** Returns the words of a predicted text with their probabilities. @param probs under all guides, [L, V] */
function wordsOf(
  { checkpoint: { tokenizer }, config }: ShardContext,
  { tokens }: RowText,
  probs: Float32Array,
  top: number,
  raw: RawRow | undefined,
): PredictedWord[] {
  const { size, tokens: names, id } = tokenizer.vocabulary;
  const entropy = entropies(probs, probs.length / size);
  const unguided = raw && softmax(raw.logits, size, config.sampler.temperature);
  const effects = (raw?.effects() ?? []).map(({ label, apply }) => {
    const own = unguided!.slice();
    apply(own, raw!.step.share);
    return { label, own };
  });
  const probable = (at: number): ProbableWord => {
    const nats = effects.map(({ label, own }) => [label, rounded(Math.log(own[at]! / unguided![at]!))] as const);
    const added = Object.fromEntries(nats.filter(([, value]) => Number.isFinite(value) && value !== 0));
    return { word: names[at % size]!, probability: significant(probs[at]!), unguided: significant(unguided![at]!), added };
  };
  return tokens.map((word, i) => {
    const from = (i + 1) * size; // START comes before the words
    const probability = significant(probs[from + (id(word) ?? 0)]!);
    const best = unguided ? mostProbable(probs, from, size, top) : [];
    return { word, probability, entropy: rounded(entropy[i + 1]!), top: best.map(probable) };
  });
}

/** Returns the indices of the largest probabilities of a position, the largest first, without those of 0. */
function mostProbable(probs: Float32Array, from: number, size: number, count: number): number[] {
  const best: number[] = [];
  for (let at = from; at < from + size; at++) {
    if (probs[at] === 0 || (best.length === count && probs[at]! <= probs[best.at(-1)!]!)) continue;
    let place = best.length;
    while (place > 0 && probs[best[place - 1]!]! < probs[at]!) place--;
    best.splice(place, 0, at);
    if (best.length > count) best.pop();
  }
  return best;
}

/** Returns token probabilities from logits, [L, V]. */
function softmax(logits: Float32Array, size: number, temperature: number): Float32Array {
  const out = new Float32Array(logits.length);
  for (let from = 0; from < logits.length; from += size) {
    let largest = -Infinity;
    for (let at = from; at < from + size; at++) if (logits[at]! > largest) largest = logits[at]!;
    let sum = 0;
    for (let at = from; at < from + size; at++) sum += out[at] = Math.exp((logits[at]! - largest) / temperature);
    for (let at = from; at < from + size; at++) out[at]! /= sum;
  }
  return out;
}

const rounded = (value: number): number => Number(value.toFixed(3));

/** Rounds a probability so that its logarithm is kept, however small it is. */
const significant = (value: number): number => Math.min(1, Number(value.toPrecision(3)));
