/** Noise schedules, the forward process, reverse steps and objectives. Takes noise levels and tensors; gives noised latents, coefficients of reverse steps and losses; knows nothing of networks that predict. */
export type { ReverseStep, StepWindow } from './reverse-steps.js';
export type { NoiseLevel, ScheduleName } from './schedule.js';
