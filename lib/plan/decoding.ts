import { inputErrorOnly, type Problem } from '../base/errors.js';
import { locate } from '../base/locate.js';
import type { GenerateConfig } from '../config/index.js';
import { type ReverseStep, stepsFrom } from '../diffusion/reverse-steps.js';
import type { OpenCheckpoint } from '../model/checkpoint/checkpoint.js';
import { loadTokenizer } from '../text/load-tokenizer.js';
import { languageModelProblems } from './method.js';

export type JointConfig = Extract<GenerateConfig['decode'], { name: 'joint' }>;

/** Returns the options of joint decoding; undefined if a run decodes otherwise. A baseline makes whole texts, so it decodes none. */
export const jointOptions = ({ decode, method }: Pick<GenerateConfig, 'decode' | 'method'>): JointConfig | undefined =>
  decode.name === 'joint' && method === undefined ? decode : undefined;

/** Returns the problems of joint decoding: those of its language model, and a share of the steps that leaves an edit none. */
export async function decodingProblems(
  config: Pick<GenerateConfig, 'decode' | 'method' | 'edit'>,
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
