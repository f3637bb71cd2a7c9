import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { InputError, inputErrorOnly, type Problem } from '../base/errors.js';
import { locate } from '../base/locate.js';
import { type GenerateConfig, jointDefaults } from '../config/index.js';
import { type ReverseStep, stepsFrom } from '../diffusion/reverse-steps.js';
import type { OpenCheckpoint } from '../model/checkpoint/checkpoint.js';
import type { OpenLanguageModel } from '../model/causal/language-model-checkpoint.js';
import { lengthProblem } from './method.js';

/** How a run decodes, once its model is known. */
export type Decode = Exclude<GenerateConfig['decode'], { name: 'auto' | 'joint' }> | JointConfig;

export type JointConfig = Extract<GenerateConfig['decode'], { name: 'joint' }> & { readonly model: string };

/** The config of a run whose way of decoding is known. */
export type RunConfig = Omit<GenerateConfig, 'decode'> & { readonly decode: Decode };

/**
 * Returns how a run decodes. `auto` is `joint` if the model has a language model of its own, in `decoder/`. An edit takes `argmax`: it
 * starts so late that joint decoding would leave it few steps. A baseline makes whole texts, so it decodes none.
 */
export function decodeOf({ decode, edit, method, model }: Pick<GenerateConfig, 'decode' | 'edit' | 'method' | 'model'>): Decode {
  const own = posix.join(model, 'decoder');
  if (decode.name === 'joint') return { ...decode, model: decode.model ?? own };
  if (decode.name !== 'auto') return decode;
  const isJoint = !edit && !method && existsSync(join(locate(model), 'decoder'));
  return isJoint ? { name: 'joint', model: own, ...jointDefaults } : { name: 'argmax' };
}

/** The language model of joint decoding, without its weights, and the options of its use. */
export interface OpenDecoder extends OpenLanguageModel {
  readonly options: JointConfig;
}

/**
 * Decides how a run decodes and opens the language model of joint decoding.
 *
 * @param steps that the run takes
 * @param models opens language models by their folder
 * @returns no decoder if the run decodes otherwise or the language model cannot be opened; and every problem: those of the language model,
 *   a share of the steps that leaves an edit none, and repairs that cannot be made
 */
export async function planDecoding(
  config: Pick<GenerateConfig, 'branch' | 'decode' | 'edit' | 'method' | 'model' | 'sampler'>,
  steps: readonly ReverseStep[],
  checkpoint: OpenCheckpoint,
  models: { languageModel(folder: string): Promise<OpenLanguageModel> },
): Promise<{ decode: Decode; decoder?: OpenDecoder; problems: Problem[] }> {
  const decode = decodeOf(config);
  if (decode.name !== 'joint' || config.method) return { decode, problems: [] };
  const ofSteps = [...stepProblems(decode, config.sampler, steps), ...repairProblems(decode, config, steps)];
  const decoder = await models.languageModel(locate(decode.model)).then((model) => ({ options: decode, ...model }), inputErrorOnly); // prettier-ignore
  if (decoder instanceof InputError) return { decode, problems: [{ path: MODEL, message: decoder.message }, ...ofSteps] };
  return { decode, decoder, problems: [...modelProblems(decoder, checkpoint), ...ofSteps] };
}

const MODEL = '/decode/model';

/** Refuses a language model for shorter texts than those of the run's model, or for other tokens. */
function modelProblems({ options: { model }, config, tokenizer }: OpenDecoder, of: OpenCheckpoint): Problem[] {
  const tooShort = lengthProblem(model, config, of.config.maxTokens - 2);
  if (tooShort !== undefined) return [{ path: MODEL, message: tooShort }];
  const { level } = of.tokenizer;
  if (tokenizer.level === level) return [];
  const message = `${model}: expected a ${level} tokenizer like that of the model of the run, got a ${tokenizer.level} tokenizer; train a language model on the tokens of the run's model`;
  return [{ path: MODEL, message }];
}

/** Refuses a share of the steps that leaves an edit none. */
function stepProblems({ at }: JointConfig, sampler: GenerateConfig['sampler'], [first]: readonly ReverseStep[]): Problem[] {
  const share = (first?.step ?? 0) / sampler.steps;
  if (!first || share < at) return [];
  const message = `expected above ${Number(share.toFixed(3))}, the share of the reverse steps that an edit with this noise leaves out, got ${at}`;
  return [{ path: '/decode/at', message }];
}

/** Refuses repairs of an edit, of texts that have but one candidate, from before the step of a branch, and after the text is chosen. */
function repairProblems(
  { at, enough, repair }: JointConfig,
  { branch, edit, sampler }: Pick<GenerateConfig, 'branch' | 'edit' | 'sampler'>,
  steps: readonly ReverseStep[],
): Problem[] {
  if (repair === undefined) return [];
  const problem = (message: string): Problem[] => [{ path: '/decode/repair', message }];
  if (edit)
    return problem('expected none in a run that edits texts, since repairs would leave the given text behind; take it out');
  if (enough === undefined) return problem('expected `enough` beside it, which says which texts get further candidates');
  const [first] = stepsFrom(steps, repair);
  if (branch && first && first.step <= branch.step) {
    const left = (sampler.steps - branch.step - 1) / sampler.steps;
    return problem(
      `expected at most ${Number(left.toFixed(3))}, the share of the reverse steps after step ${branch.step}, since repairs from an earlier one would leave the text of the branch behind, got ${repair}; lower it or take it out`,
    );
  }
  if (!first || first.step / sampler.steps < at) return [];
  return problem(
    `expected above ${Number((1 - at).toFixed(3))}, the share of the reverse steps that \`at\` leaves out, got ${repair}`,
  );
}
