import { join } from 'node:path';
import { keyOf, split, uniform } from '../../base/random.js';
import type { HostTensors, Program, TensorSpec } from '../../engine/types.js';
import { denoiserOf, saveCheckpoint } from '../../model/checkpoint/checkpoint.js';
import type { ModelConfig } from '../../model/denoiser/config.js';
import type { Tokenizer } from '../../text/types.js';
import { tokenIdBatches, type TokenRows } from '../batches.js';
import { objectiveOf, type ObjectiveOptions } from '../objectives.js';
import { emaWeights, type RowTrainingSettings, runTraining, type TrainingHooks } from '../session.js';
import { rateSpecs, stateSpecs, trainingStep } from '../step.js';
import { validator } from '../validation.js';

/** A denoiser's training run. The model is saved in model/ of its folder. */
export interface DenoiserJob extends Omit<RowTrainingSettings, 'saveModel'> {
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  /** Token rows of at most maxTokens - 2 tokens. */
  readonly rows: TokenRows['rows'];
  readonly validationRows: TokenRows['rows'];
  readonly augment?: TokenRows['augment'];
  readonly objective: ObjectiveOptions;
  /** As TrainingJob.start. */
  start?(): Promise<HostTensors>;
  /** As TrainingJob.onOpened. */
  onOpened?(): Promise<void>;
  /** Samples texts for the log from the EMA weights; empty if none are due. */
  readonly sample?: (weights: HostTensors, step: number) => Promise<readonly string[]>;
}

/**
 * Trains a denoiser.
 *
 * @returns as runTraining
 * @throws as runTraining
 */
export async function trainDenoiser(job: DenoiserJob, hooks: TrainingHooks = {}): Promise<boolean> {
  const { device, config, tokenizer, optimizer } = job;
  const key = keyOf(job.seed);
  const denoiser = denoiserOf(config);
  const objective = objectiveOf(config, denoiser, job.objective);
  const tokens = { vocabulary: tokenizer.vocabulary, maxTokens: config.maxTokens, batchSize: optimizer.batchSize };
  const idsAt = tokenIdBatches({ ...tokens, rows: job.rows, augment: job.augment }, split(key, 'batches'));
  const validate = await validator(device, denoiser, config, { ...tokens, rows: job.validationRows }, split(key, 'validation'));

  const inputs: TensorSpec[] = [
    ...stateSpecs(denoiser.parameters),
    ...rateSpecs,
    { name: 'ids', shape: [optimizer.batchSize, config.maxTokens], dtype: 'int32' },
    ...objective.inputs(optimizer.batchSize),
  ];
  const graphs = objective.contexts.map(({ complete }) => trainingStep(denoiser.parameters, objective.loss, optimizer, complete));
  const programAt = (step: number): Promise<Program> => {
    let left = uniform(split(key, 'context', step), 1)[0]!;
    const chosen = objective.contexts.findIndex(({ share }) => (left -= share) < 0);
    return device.compile(graphs.at(chosen)!, inputs); // the device caches one program per graph
  };

  return runTraining(
    {
      ...job,
      parameters: denoiser.parameters,
      key: split(key, 'parameters'),
      programAt,
      batchAt: (step) => ({ ids: idsAt(step), ...objective.draw(optimizer.batchSize, split(key, 'draw', step)) }),
      async measure(state, step) {
        const texts = job.sample ? await job.sample(await emaWeights(state, denoiser.parameters), step) : [];
        return { validation: await validate(state), ...(texts.length > 0 ? { samples: texts } : {}) };
      },
      saveModel: (weights) => saveCheckpoint(join(job.folder, 'model'), { config, tokenizer, weights }, { float16: true }),
    },
    hooks,
  );
}
