import { type Key, normal, split } from '../base/random.js';
import type { MethodConfig } from '../config/index.js';
import {
  beamSearch,
  decodeArgmax,
  type FoundText,
  type NextWords,
  type Search,
  type SearchHooks,
  type SearchSpace,
  searchSpace,
  speaking,
  tempered,
} from '../decode/index.js';
import { concat } from '../engine/arrays.js';
import type { Device } from '../engine/types.js';
import { sequenceFactors } from '../guide/factors.js';
import type { AskedDiscriminator } from '../plan/discriminators.js';
import type { PreparedRun } from '../plan/prepare.js';
import { textConstraint } from '../plan/text-factors.js';
import { createSampler } from '../sampler/index.js';
import { discriminatorOdds } from './discriminator-odds.js';
import { fudge } from './fudge.js';
import { type Reweigh, sampleTexts, type TextRequest } from './sample-texts.js';

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
  make(texts: readonly RunText[], count: number, hooks?: SearchHooks): Promise<Int32Array[][]>;
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

type Fill = (requests: readonly TextRequest[], hooks: SearchHooks) => Promise<Int32Array[]>;

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

  async function batch(requests: readonly TextRequest[], { onShare, signal }: SearchHooks): Promise<Int32Array[]> {
    const keys = Array.from({ length: rows }, (_, i) => (requests[i] ?? requests[0]!).key);
    const draw = (label: string | number) => concat(keys.map((key) => normal(split(key, label), maxTokens * embeddingWidth)));
    const batch = { start: draw('start'), noiseAt: draw, factors, guideInputs: [] };
    const probs = await sampler.sample(batch, { onStep: (done, of) => onShare?.(done / of), signal }); // [B, L, V]
    return requests.map((_, i) => decodeArgmax(probs.subarray(i * size, (i + 1) * size), vocabulary).ids);
  }

  return async (requests: readonly TextRequest[], hooks: SearchHooks): Promise<Int32Array[]> => {
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

/** Returns the maker that runs beam search, several searches at a time. */
function searching(tools: MethodTools, method: Extract<MethodConfig, { name: 'beam' }>): TextMaker {
  const { guides, checkpoint, config, language } = tools;
  const { vocabulary } = checkpoint.tokenizer;
  const spaceOf = (target: number): SearchSpace =>
    searchSpace(textConstraint({ posterior: guides.posterior }, checkpoint, target), vocabulary);
  const model = speaking(language!, vocabulary);
  return {
    async make(texts, count, hooks) {
      const { searches, width, textOf } = searchesOf(texts, count, { ...tools, spaceOf }, method);
      const together = Math.min(Math.max(1, Math.floor(config.batchSize / width)), searches.length);
      const options = { width, scoresOf: tempered(method.temperature) };
      const found = await beamSearch(model.beamDecoder(together, width), vocabulary, searches, options, hooks);
      return texts.map((_, i) => [textOf(i, found).ids]);
    },
  };
}

interface PlannedSearches {
  readonly searches: readonly Search[];
  /** Beams per search. */
  readonly width: number;
  /** Returns the text of the run's text `i`. */
  textOf(i: number, found: readonly FoundText[][]): FoundText;
}

/** Returns one search per text, or one per target that finds all of its texts, whatever their shard. */
function searchesOf(
  texts: readonly RunText[],
  count: number,
  { config, key, spaceOf }: Pick<MethodTools, 'config' | 'key'> & { spaceOf(target: number): SearchSpace },
  { perText, stochastic }: Extract<MethodConfig, { name: 'beam' }>,
): PlannedSearches {
  const several = config.samplesPerTarget;
  const draws = stochastic ?? several > 1;
  const targets = [...new Set(texts.map(({ target }) => target))];
  const spaces = new Map(targets.map((target) => [target, spaceOf(target)]));
  if (perText) {
    const searches = texts.map((text): Search => ({ ...spaces.get(text.target)!, wanted: 1, key: draws ? text.key : undefined }));
    return { searches, width: count, textOf: (i, found) => found[i]![0]! };
  }
  const searches = targets.map((target): Search => ({
    ...spaces.get(target)!,
    wanted: several,
    key: draws ? split(key, 'target', target) : undefined,
  }));
  const textOf = (i: number, found: readonly FoundText[][]): FoundText => {
    const { target, sample } = texts[i]!;
    const own = found[targets.indexOf(target)]!;
    return own[sample % own.length]!;
  };
  return { searches, width: Math.max(count, several), textOf };
}
