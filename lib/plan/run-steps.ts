import { inputErrorOnly, type Problem } from '../base/errors.js';
import type { GenerateConfig } from '../config/index.js';
import type { ReverseStep, ScheduleName } from '../diffusion/index.js';
import { ddimSteps, ddpmSteps, renoiseSteps } from '../diffusion/reverse-steps.js';
import { continuousLevels, discreteLevels } from '../diffusion/schedule.js';
import type { ModelConfig } from '../model/denoiser/config.js';

/** Returns the reverse steps of a run, the noisiest first; none, with the problem, if the model cannot take as many. */
export function reverseStepsOf(
  sampler: GenerateConfig['sampler'],
  model: ModelConfig,
): { steps: ReverseStep[]; problems: readonly Problem[] } {
  if (model.recipe === 'paper' && sampler.steps > model.steps) {
    const message = `expected at most ${model.steps}, the steps that this model was trained with, got ${sampler.steps}`;
    return { steps: [], problems: [{ path: '/sampler/steps', message }] };
  }
  try {
    return { steps: stepsOf(sampler, model), problems: [] };
  } catch (error) {
    return { steps: [], problems: [{ path: '/model', message: inputErrorOnly(error).message }] };
  }
}

/** Returns the reverse steps of a run. @throws InputError if the schedule of the model has too few steps */
function stepsOf(sampler: GenerateConfig['sampler'], model: ModelConfig): ReverseStep[] {
  const levels =
    model.recipe === 'paper'
      ? discreteLevels(model.schedule as ScheduleName, model.steps, sampler.steps)
      : continuousLevels(sampler.steps);
  if (sampler.name === 'ddim') return ddimSteps(levels, sampler.eta);
  return sampler.name === 'ddpm' ? ddpmSteps(levels) : renoiseSteps(levels);
}
