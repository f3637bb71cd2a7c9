import { fromUnary, type Lattice, latticeOf, overSequences } from '../automaton/index.js';
import { type Key, normal, split } from '../base/random.js';
import type { MethodConfig } from '../config/index.js';
import { decodeArgmax } from '../decode/index.js';
import { concat } from '../engine/arrays.js';
import type { Device } from '../engine/types.js';
import { sequenceFactors } from '../guide/factors.js';
import type { Checkpoint } from '../model/checkpoint/checkpoint.js';
import type { AskedDiscriminator } from '../plan/discriminators.js';
import type { RunGuides } from '../plan/make-guides.js';
import type { PreparedRun } from '../plan/prepare.js';
import { textConstraint } from '../plan/text-factors.js';
import { createSampler } from '../sampler/index.js';
import { beamSearch, type Search } from './beam.js';
import { discriminatorOdds } from './discriminator-odds.js';
import { fudge } from './fudge.js';
import { type NextWords, speaking } from './next-words.js';
import { type Reweigh, sampleTexts, type TextRequest, type WritingHooks } from './sample-texts.js';

/** A text of the run. */
export interface RunText {
  readonly target: number;
  /** Index among the target's texts. */
  readonly sample: number;
  /** Random key of the text. */
  readonly key: Key;
}

/** Makes candidates for texts. */
export interface TextMaker {
  /**
   * Makes the candidates of some texts.
   *
   * @param count candidates per text or, if the method searches, beams per target
   * @returns the candidates of each text, token ids [L] each
   */
  make(texts: readonly RunText[], count: number, hooks?: WritingHooks): Promise<Int32Array[][]>;
}

/** The parts of a run that a method needs. */
export interface MethodTools extends Omit<PreparedRun, 'method'> {
  readonly device: Device;
  readonly method: MethodConfig;
  /** Undefined if candidates come from the diffusion model. */
  readonly language: NextWords | undefined;
  /** The discriminator of each guide, for `fudge`. */
  readonly discriminators: readonly AskedDiscriminator[];
  /** Random key of the run, from which the keys of targets are split. */
  readonly key: Key;
}

/** Returns the maker of a method's candidates. */
export function makerOf(tools: MethodTools): TextMaker {
  const { method, language } = tools;
  if (method.name === 'beam') return searching(tools, method);
  const fill = language ? writing(tools, language, method) : unguidedCandidates(tools);
  return {
    async make(texts, count, hooks = {}) {
      const requests = texts.flatMap(({ target, key }) =>
        Array.from({ length: count }, (_, c): TextRequest => ({ target, key: split(key, 'candidate', c) })),
      );
      const sequences = await fill(requests, hooks);
      return texts.map((_, i) => sequences.slice(i * count, (i + 1) * count));
    },
  };
}

type Fill = (requests: readonly TextRequest[], hooks: WritingHooks) => Promise<Int32Array[]>;

/** Returns a sampler of a language model from left to right, reweighted by discriminators if the method is `fudge`. */
function writing(
  { checkpoint, config, device, discriminators }: MethodTools,
  language: NextWords,
  method: Exclude<MethodConfig, { name: 'beam' }>,
): Fill {
  const { vocabulary } = checkpoint.tokenizer;
  const odds = discriminators.map((asked) => discriminatorOdds(device, asked, vocabulary, config.batchSize));
  const reweigh: Reweigh | undefined = method.name === 'fudge' ? fudge(odds, method) : undefined;
  const maxTokens = checkpoint.config.maxTokens;
  const decoder = speaking(language, vocabulary).decoder(config.batchSize);
  return (requests, hooks) => sampleTexts({ decoder, vocabulary, maxTokens, options: method, reweigh }, requests, hooks);
}

/** Returns a sampler of the diffusion model without guides. */
function unguidedCandidates({
  config,
  checkpoint,
  steps,
  device,
}: Pick<PreparedRun, 'config' | 'checkpoint' | 'steps'> & { readonly device: Device }) {
  const { maxTokens, embeddingWidth, vocabularySize } = checkpoint.config;
  const { vocabulary } = checkpoint.tokenizer;
  const rows = config.batchSize;
  const { temperature, clamp } = config.sampler;
  const sampler = createSampler(device, {
    denoiser: checkpoint.denoiser,
    weights: checkpoint.weights,
    size: { rows, maxTokens, embeddingWidth, vocabularySize },
    steps,
    temperature,
    clamp,
    steering: config.steering,
    guides: [],
  });
  const factors = repeated(sequenceFactors(maxTokens, vocabulary), rows); // [B, L, V]
  const size = maxTokens * vocabularySize;

  async function batch(requests: readonly TextRequest[], { onShare, signal }: WritingHooks): Promise<Int32Array[]> {
    const keys = Array.from({ length: rows }, (_, i) => (requests[i] ?? requests[0]!).key);
    const draw = (label: string | number) => concat(keys.map((key) => normal(split(key, label), maxTokens * embeddingWidth)));
    const batch = { start: draw('start'), noiseAt: draw, factors, guideInputs: [] };
    const probs = await sampler.sample(batch, { onStep: (done, of) => onShare?.(done / of), signal }); // [B, L, V]
    return requests.map((_, i) => decodeArgmax(probs.subarray(i * size, (i + 1) * size), vocabulary).ids);
  }

  return async (requests: readonly TextRequest[], hooks: WritingHooks): Promise<Int32Array[]> => {
    const sequences: Int32Array[] = [];
    for (let from = 0; from < requests.length; from += rows) {
      const part = requests.slice(from, from + rows);
      const onShare = (share: number) => hooks.onShare?.((from + share * part.length) / requests.length);
      sequences.push(...(await batch(part, { ...hooks, onShare })));
    }
    return sequences;
  };
}

const repeated = (row: Float32Array, times: number): Float32Array => concat(Array.from({ length: times }, () => row));

/** Returns the maker that runs beam search, several targets at a time. All texts of a target come from the same search, whatever their shard. */
function searching(
  { guides, checkpoint, config, language, key }: MethodTools,
  method: Extract<MethodConfig, { name: 'beam' }>,
): TextMaker {
  const { vocabulary } = checkpoint.tokenizer;
  const wanted = config.samplesPerTarget;
  const stochastic = method.stochastic ?? wanted > 1;
  const searchOf = (target: number): Search => ({
    ...searchedConstraint(guides.posterior, checkpoint, target),
    wanted,
    key: stochastic ? split(key, 'target', target) : undefined,
  });
  return {
    async make(texts, count, { onShare, signal } = {}) {
      const targets = [...new Set(texts.map(({ target }) => target))];
      const width = Math.max(count, wanted);
      const together = Math.max(1, Math.floor(config.batchSize / width));
      const decoder = speaking(language!, vocabulary).decoder(together * width);
      const found = new Map<number, Int32Array[]>();
      try {
        for (let from = 0; from < targets.length; from += together) {
          const part = targets.slice(from, from + together);
          const results = await beamSearch(decoder, vocabulary, part.map(searchOf), { width, temperature: method.temperature }, {
            onShare: (share) => onShare?.((from + share * part.length) / targets.length),
            signal,
          }); // prettier-ignore
          part.forEach((target, i) => found.set(target, results[i]!.map(({ ids }) => ids))); // prettier-ignore
        }
      } finally {
        decoder.dispose();
      }
      return texts.map(({ target, sample }) => [found.get(target)![sample % found.get(target)!.length]!]);
    },
  };
}

/**
 * Returns the constraint of a target for a search. It always has an automaton, even if the guides only allow and forbid tokens at positions.
 * It excludes the empty text if any other is allowed: being short, that text is often the most likely (Stahlberg and Byrne 2019, arXiv 1908.10090).
 */
function searchedConstraint(
  posterior: RunGuides['posterior'],
  checkpoint: Checkpoint,
  target: number,
): { factors: Float32Array; lattice: Lattice } {
  const { factors, lattice } = textConstraint(posterior, checkpoint, target);
  const { vocabulary } = checkpoint.tokenizer;
  const automaton = lattice?.automaton ?? overSequences(fromUnary(factors, vocabulary), vocabulary);
  const wordy = factors.slice();
  wordy[vocabulary.size + vocabulary.end] = -Infinity; // at the position of the first word
  const found = latticeOf(automaton, wordy);
  return found.isEmpty ? { factors, lattice: latticeOf(automaton, factors) } : { factors: wordy, lattice: found };
}
