import { editDistance } from '../base/edit-distance.js';
import { type Problem, throwProblems } from '../base/errors.js';
import { type GenerateConfig, nearest, resolveFrom, type Target } from '../config/index.js';
import { embedded } from '../diffusion/objectives.js';
import type { ReverseStep } from '../diffusion/reverse-steps.js';
import type { Device } from '../engine/types.js';
import type { Checkpoint } from '../model/checkpoint/checkpoint.js';
import { type EditLog } from '../run/sample-line.js';
import { toTokenIds } from '../text/token-ids.js';
import { type Plan } from './plan.js';

/** A given text that a run starts from. */
export interface GivenText {
  readonly tokens: readonly string[];
  /** Its canvas, [L]. */
  readonly ids: Int32Array;
}

/**
 * The texts that a run edits, one a target; undefined where the config edits none.
 * Errors: an InputError with every text that the model cannot hold.
 */
export function givenTexts(
  config: GenerateConfig,
  { targets }: Plan,
  checkpoint: Checkpoint,
  where: string,
): GivenText[] | undefined {
  const { edit } = config;
  if (!edit) return undefined;
  const problems: Problem[] = [];
  if (edit.keep > 0 && !checkpoint.denoiser.interpolates)
    problems.push({
      path: '/edit/keep',
      message: `expected 0, since a model of the paper's recipe takes no weighing of its tokens, got ${edit.keep}`,
    });
  const texts = targets.map((target) => {
    const found = givenText(edit.text, target, checkpoint);
    if (Array.isArray(found)) problems.push(...found);
    return found;
  });
  throwProblems(where, problems);
  return texts as GivenText[];
}

function givenText(source: unknown, target: Target, { config, tokenizer }: Checkpoint): GivenText | Problem[] {
  const path = '/edit/text';
  const { value, problems } = resolveFrom(source, target, path);
  if (problems.length > 0) return [...problems];
  const isWords = Array.isArray(value) && value.every((word) => typeof word === 'string');
  if (typeof value !== 'string' && !isWords)
    return [{ path, message: `expected a text or a list of words, got ${JSON.stringify(value)} (${target.where})` }];
  const tokens = typeof value === 'string' ? tokenizer.tokenize(value) : value;
  const unknown = [...new Set(tokens)].filter((token) => tokenizer.vocabulary.id(token) === undefined);
  if (unknown.length > 0) {
    const names = unknown.map((word) => {
      const meant = nearest(word, tokenizer.vocabulary.tokens);
      return `"${word}"${meant === undefined ? '' : ` (did you mean "${meant}"?)`}`;
    });
    return [{ path, message: `the vocabulary has no ${names.join(', no ')}; put other words there (${target.where})` }];
  }
  const ids = toTokenIds(tokens, tokenizer.vocabulary, config.maxTokens);
  if (ids) return { tokens, ids };
  const most = `expected at most ${config.maxTokens - 2} words, the canvas of this model, got ${tokens.length}`;
  return [{ path, message: `${most} (${target.where})` }];
}

/** The reverse steps from a level of noise on, a share of the way back from the text; at least the last one. */
export function stepsFrom(levels: readonly ReverseStep[], noise: number): readonly ReverseStep[] {
  const kept = levels.filter(({ step }) => step / levels.length >= 1 - noise);
  return kept.length > 0 ? kept : levels.slice(-1);
}

/** Log-factors [L, V] that favour the words of a text at their places, by `keep` nats over all others. */
export function keepFactors({ ids }: GivenText, keep: number, vocabularySize: number): Float32Array {
  const factors = new Float32Array(ids.length * vocabularySize).fill(-keep);
  ids.forEach((id, i) => (factors[i * vocabularySize + id] = 0));
  return factors;
}

/** Where edits begin: the embeddings of texts, and those noised. */
export interface EditStart {
  readonly start: Float32Array; // [B, L, D]
  readonly previousX0: Float32Array; // [B, L, D]
}

/** @param ids a canvas a row @param noise standard normal, [B, L, D] */
export type Noiser = (ids: readonly Int32Array[], noise: Float32Array) => Promise<EditStart>;

/** Noises texts to the level of the first reverse step (SDEdit: Meng et al. 2021, arXiv 2108.01073, algorithm 2). */
export function createNoiser(device: Device, { denoiser, config, weights }: Checkpoint, alphaBar: number): Noiser {
  return async (ids, noise) => {
    const shape = [ids.length, config.maxTokens];
    const program = await device.compile(
      (inputs) => ({ x0: embedded(denoiser.embeddings(inputs), inputs['ids']!) }), // [B, L, D]
      [{ name: 'ids', shape, dtype: 'int32' }],
      weights,
    );
    const data = new Int32Array(ids.length * config.maxTokens);
    ids.forEach((row, i) => data.set(row, i * config.maxTokens));
    const out = await program.run({ ids: { dtype: 'int32', shape, data } });
    const previousX0 = out['x0']!.data as Float32Array;
    const [kept, fresh] = [Math.sqrt(alphaBar), Math.sqrt(1 - alphaBar)];
    return { previousX0, start: previousX0.map((value, i) => kept * value + fresh * noise[i]!) };
  };
}

export function editLog({ tokens: from }: GivenText, to: readonly string[]): EditLog {
  const { distance, kept } = editDistance(from, to);
  const longer = Math.max(from.length, to.length, 1);
  return { distance, share: rounded(distance / longer), kept: rounded(from.length === 0 ? 1 : kept / from.length) };
}

const rounded = (value: number): number => Number(value.toFixed(4));
