import { inputErrorOnly, type Problem } from '../base/errors.js';
import type { GenerateConfig } from '../config/index.js';
import type { ReverseStep, ScheduleName } from '../diffusion/index.js';
import { ddimSteps, ddpmSteps, dpmSolverSteps, renoiseSteps, stepsFrom } from '../diffusion/reverse-steps.js';
import { continuousLevels, discreteLevels } from '../diffusion/schedule.js';
import type { ModelConfig } from '../model/denoiser/config.js';

/**
 * Returns the reverse steps that a run takes, the noisiest first: all of the sampler's, or the last ones if the run edits texts. None, with
 * the problem, if the model cannot take as many.
 */
export function reverseStepsOf(
  { sampler, edit }: Pick<GenerateConfig, 'sampler' | 'edit'>,
  model: ModelConfig,
): { steps: readonly ReverseStep[]; problems: readonly Problem[] } {
  if (model.recipe === 'paper' && sampler.steps > model.steps) {
    const message = `expected at most ${model.steps}, the steps that this model was trained with, got ${sampler.steps}`;
    return { steps: [], problems: [{ path: '/sampler/steps', message }] };
  }
  if (model.recipe === 'paper' && sampler.power !== 1) {
    const message = `expected 1 for a model of the recipe paper, whose noise levels are given, got ${sampler.power}`;
    return { steps: [], problems: [{ path: '/sampler/power', message }] };
  }
  try {
    const steps = stepsOf(sampler, model);
    return { steps: edit ? stepsFrom(steps, edit.noise) : steps, problems: [] };
  } catch (error) {
    return { steps: [], problems: [{ path: '/model', message: inputErrorOnly(error).message }] };
  }
}

/** Returns the reverse steps of a sampler. @throws InputError if the schedule of the model has too few steps */
function stepsOf(sampler: GenerateConfig['sampler'], model: ModelConfig): ReverseStep[] {
  const levels =
    model.recipe === 'paper'
      ? discreteLevels(model.schedule as ScheduleName, model.steps, sampler.steps)
      : continuousLevels(sampler.steps, sampler.power);
  switch (sampler.name) {
    case 'ddim':
      return ddimSteps(levels, sampler.eta);
    case 'ddpm':
      return ddpmSteps(levels);
    case 'dpm-solver++':
      return dpmSolverSteps(levels, sampler.eta);
    case 'renoise':
      return renoiseSteps(levels);
  }
}
