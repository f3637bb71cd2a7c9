import { Type } from '@sinclair/typebox';
import { allDefaults } from './parts.js';

/** Schema of AdamW with linear warm-up and cosine decay to zero (Loshchilov and Hutter 2019). */
export const optimizer = Type.Object(
  {
    steps: Type.Integer({ minimum: 1, default: 8000, description: 'Optimizer steps.' }),
    batchSize: Type.Integer({ minimum: 1, maximum: 4096, default: 48, description: 'Rows of the corpus per step.' }),
    peakLearningRate: Type.Number({
      exclusiveMinimum: 0,
      default: 1e-3,
      description: 'Learning rate after the warm-up; decays to 0 along a cosine.',
    }),
    warmupSteps: Type.Integer({ minimum: 0, default: 200, description: 'Steps over which the learning rate rises from 0.' }),
    betas: Type.Tuple([Type.Number({ minimum: 0, exclusiveMaximum: 1 }), Type.Number({ minimum: 0, exclusiveMaximum: 1 })], {
      default: [0.9, 0.99],
      description: 'Decay per step of the mean and of the mean square of the gradients.',
    }),
    weightDecay: Type.Number({
      minimum: 0,
      default: 0.01,
      description: 'Decoupled weight decay of matrices: each step subtracts this share, times the learning rate.',
    }),
    clipNorm: Type.Number({
      exclusiveMinimum: 0,
      default: 1,
      description: 'Global norm to which gradients are clipped.',
    }),
    emaDecay: Type.Number({
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0.9995,
      description: 'Decay per step of the averaged weights, which are saved as the model.',
    }),
    layerDecay: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 1,
        description:
          'Factor on the learning rate from each block to the one below it (Howard and Ruder 2018). Default: 1, all alike; 0.8 with `from`.',
      }),
    ),
  },
  allDefaults,
);

export const patience = Type.Integer({
  minimum: 0,
  maximum: 1000,
  description:
    'Ends the training after this number of measurements without a better validation, with the model of the best one; 0: never. Default: 0; 3 with `from`.',
});

export const checkpointMinutes = Type.Number({
  exclusiveMinimum: 0,
  default: 5,
  description: 'Minutes between checkpoints, the most work that is lost if a run is killed.',
});
