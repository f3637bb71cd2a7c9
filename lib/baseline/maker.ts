import { type Key, split } from '../base/random.js';
import type { MethodConfig } from '../config/index.js';
import type { Device } from '../engine/types.js';
import type { AskedDiscriminator } from '../plan/discriminators.js';
import type { PreparedRun } from '../plan/prepare.js';
import { beamSearch, type Search } from './beam.js';
import { discriminatorOdds } from './discriminator-odds.js';
import { fudge } from './fudge.js';
import { type NextWords, speaking } from './next-words.js';
import { type Reweigh, sampleTexts, type TextRequest, type WritingHooks } from './sample-texts.js';
import { searchedConstraint } from './searched.js';
import { unguidedCandidates } from './unguided-candidates.js';

/** A text of the run. */
export interface TextPlace {
  readonly target: number;
  /** Which of the target's texts it is. */
  readonly sample: number;
  /** Of the text. */
  readonly key: Key;
}

/** Makes candidates for texts. */
export interface TextMaker {
  /**
   * @param count candidates for each text; where the method searches, the beams of a target
   * @returns of each text its candidates, canvases [L]
   */
  make(texts: readonly TextPlace[], count: number, hooks?: WritingHooks): Promise<Int32Array[][]>;
}

/** What a method of a run works with. */
export interface MethodTools extends Omit<PreparedRun, 'method'> {
  readonly device: Device;
  readonly method: MethodConfig;
  /** Undefined where the model is the diffusion model. */
  readonly language: NextWords | undefined;
  /** Of each guide, for `fudge`. */
  readonly discriminators: readonly AskedDiscriminator[];
  /** From which keys of targets follow. */
  readonly key: Key;
}

export function makerOf(tools: MethodTools): TextMaker {
  const { method, language } = tools;
  if (method.name === 'beam') return searching(tools, method);
  const fill = language ? writing(tools, language, method) : unguidedCandidates(tools);
  return {
    async make(texts, count, hooks = {}) {
      const requests = texts.flatMap(({ target, key }) =>
        Array.from({ length: count }, (_, c): TextRequest => ({ target, key: split(key, 'candidate', c) })),
      );
      const canvases = await fill(requests, hooks);
      return texts.map((_, i) => canvases.slice(i * count, (i + 1) * count));
    },
  };
}

type Fill = (requests: readonly TextRequest[], hooks: WritingHooks) => Promise<Int32Array[]>;

/** Texts of a language model from left to right, weighed by discriminators where the method is `fudge`. */
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

/** Beam search, some targets at once. All texts of a target come from one search, in whichever shard they lie. */
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
