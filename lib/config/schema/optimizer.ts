import { Type } from '@sinclair/typebox';
import { allDefaults } from './parts.js';

/** AdamW with a linear warm-up and a cosine to zero (Loshchilov and Hutter 2019). */
export const optimizer = Type.Object(
  {
    steps: Type.Integer({ minimum: 1, default: 8000, description: 'Optimizer steps.' }),
    batchSize: Type.Integer({ minimum: 1, maximum: 4096, default: 48, description: 'Rows of the corpus a step.' }),
    peakLearningRate: Type.Number({
      exclusiveMinimum: 0,
      default: 1e-3,
      description: 'Learning rate after the warm-up; falls to 0 along a cosine.',
    }),
    warmupSteps: Type.Integer({ minimum: 0, default: 200, description: 'Steps in which the learning rate rises from 0.' }),
    betas: Type.Tuple([Type.Number({ minimum: 0, exclusiveMaximum: 1 }), Type.Number({ minimum: 0, exclusiveMaximum: 1 })], {
      default: [0.9, 0.99],
      description: 'Decay a step of the mean and of the mean square of the gradients.',
    }),
    weightDecay: Type.Number({
      minimum: 0,
      default: 0.01,
      description: 'Decoupled decay of the matrices: this share, times the learning rate, is taken off a step.',
    }),
    clipNorm: Type.Number({
      exclusiveMinimum: 0,
      default: 1,
      description: 'The gradient is scaled down to at most this global norm.',
    }),
    emaDecay: Type.Number({
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0.9995,
      description: 'Decay a step of the averaged weights, which are the ones that are saved as the model.',
    }),
  },
  allDefaults,
);

export const checkpointMinutes = Type.Number({
  exclusiveMinimum: 0,
  default: 5,
  description: 'Minutes between checkpoints; at most so much is lost when a run is killed.',
});
