/** The loop over reverse steps. Takes noise, guides and a denoiser; gives token probabilities of the last step; knows nothing of texts, files and configs. */
export { type AdaptiveOptions, adaptiveWeight, type AdaptiveWeight, type WeightRecord } from './adaptive-weight.js';
export type { SampleBatch, Tilt } from './batch.js';
export { continued, type BranchPoint, type Latents, stackLatents } from './latents.js';
export { type RunStep, runSteps, type StepObserver, type StepSight } from './observer.js';
export { createSampler, type SampleHooks, type Sampler } from './sample.js';
export { drawn, effectiveSampleSize, finished, newParticle, type Particle, resample, weighed, weightsOf } from './smc.js';
