import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { inputErrorOnly, type Problem } from '../base/errors.js';
import { locate } from '../base/locate.js';
import { type GenerateConfig, jointDefaults } from '../config/index.js';
import { type ReverseStep, stepsFrom } from '../diffusion/reverse-steps.js';
import type { OpenCheckpoint } from '../model/checkpoint/checkpoint.js';
import { loadTokenizer } from '../text/load-tokenizer.js';
import { languageModelProblems } from './method.js';

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

/** Returns the options of joint decoding; undefined if a run decodes otherwise. */
export const jointOptions = ({ decode, method }: Pick<RunConfig, 'decode' | 'method'>): JointConfig | undefined =>
  decode.name === 'joint' && method === undefined ? decode : undefined;

/** Returns the problems of joint decoding: those of its language model, and a share of the steps that leaves an edit none. */
export async function decodingProblems(
  config: Pick<RunConfig, 'decode' | 'method' | 'edit'>,
  steps: readonly ReverseStep[],
  { config: { maxTokens }, tokenizer }: Pick<OpenCheckpoint, 'config' | 'tokenizer'>,
): Promise<Problem[]> {
  const joint = jointOptions(config);
  if (!joint) return [];
  const path = '/decode/model';
  const ofModel = await languageModelProblems(joint.model, path, maxTokens - 2);
  return [
    ...(ofModel.length > 0 ? ofModel : await tokenizerProblems(joint.model, path, tokenizer.level)),
    ...stepProblems(joint, config, steps),
  ];
}

async function tokenizerProblems(model: string, path: string, level: 'word' | 'subword'): Promise<Problem[]> {
  try {
    const { level: found } = await loadTokenizer(locate(model));
    if (found === level) return [];
    const message = `${model}: expected a ${level} tokenizer like that of the model of the run, got a ${found} tokenizer; train a language model on the tokens of the run's model`;
    return [{ path, message }];
  } catch (error) {
    return [{ path, message: inputErrorOnly(error).message }];
  }
}

function stepProblems({ at }: JointConfig, { edit }: Pick<GenerateConfig, 'edit'>, steps: readonly ReverseStep[]): Problem[] {
  const [first] = edit ? stepsFrom(steps, edit.noise) : steps;
  const share = (first?.step ?? 0) / steps.length;
  if (!first || share < at) return [];
  const message = `expected above ${Number(share.toFixed(3))}, the share of the reverse steps that an edit with this noise leaves out, got ${at}`;
  return [{ path: '/decode/at', message }];
}
