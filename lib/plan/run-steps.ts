import { type Problem, throwProblems } from '../base/errors.js';
import type { GenerateConfig } from '../config/index.js';
import type { ReverseStep, ScheduleName } from '../diffusion/index.js';
import { ddimSteps, ddpmSteps, renoiseSteps } from '../diffusion/reverse-steps.js';
import { continuousLevels, discreteLevels } from '../diffusion/schedule.js';
import type { ModelConfig } from '../model/denoiser/config.js';

/** Refuses more reverse steps than a model of the paper's recipe was trained with. */
export function stepProblems({ sampler }: Pick<GenerateConfig, 'sampler'>, model: ModelConfig): Problem[] {
  if (model.recipe !== 'paper' || sampler.steps <= model.steps) return [];
  const message = `expected at most ${model.steps}, the steps that this model was trained with, got ${sampler.steps}`;
  return [{ path: '/sampler/steps', message }];
}

/** Returns the reverse steps of a run, the noisiest first. @throws InputError if the model has fewer steps */
export function reverseStepsOf({ sampler }: Pick<GenerateConfig, 'sampler'>, model: ModelConfig, where: string): ReverseStep[] {
  throwProblems(where, stepProblems({ sampler }, model));
  const noise =
    model.recipe === 'paper'
      ? discreteLevels(model.schedule as ScheduleName, model.steps, sampler.steps)
      : continuousLevels(sampler.steps);
  if (sampler.name === 'ddim') return ddimSteps(noise, sampler.eta);
  return sampler.name === 'ddpm' ? ddpmSteps(noise) : renoiseSteps(noise);
}
