/** The baselines that guided diffusion is compared with. Takes a prepared run with a method; gives a maker of shards; knows nothing of the run folder. */
export { answerLogits, discriminatorParams, prefixStates } from './discriminator.js';
