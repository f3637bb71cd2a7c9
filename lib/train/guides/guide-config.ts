import { InputError, inputErrorOnly, type Problem } from '../../base/errors.js';
import { checkConfig, type LoadOptions, overridden, readJson, type TrainGuideConfig } from '../../config/index.js';
import { openBaseGuide } from './base-guide.js';

/** Optimizer of a guide that starts from a trained one, for fields that the config leaves out. */
const FINE_TUNING = { steps: 400, batchSize: 32, peakLearningRate: 3e-4, warmupSteps: 20, emaDecay: 0.98, layerDecay: 0.8 };

/**
 * Reads the config of a guide's training. With `from`, the sizes of its network are those of the base unless the config gives others, and the
 * optimizer takes fewer steps with a lower learning rate.
 *
 * @throws InputError with every problem of the config, or of the guide that `from` names
 */
export const loadGuideTraining = async (path: string, options: LoadOptions = {}): Promise<TrainGuideConfig> =>
  checkGuideTraining(await readJson(path), { ...options, where: path });

/** Does the same for a config in memory. */
export async function checkGuideTraining(
  value: unknown,
  options: LoadOptions & { where?: string } = {},
): Promise<TrainGuideConfig> {
  const { from, guide, via = 'gradient' } = (overridden('train-guide', value, options).value ?? {}) as Partial<TrainGuideConfig>;
  if (typeof from !== 'string' || typeof guide !== 'string') return checkConfig('train-guide', value, options);
  const base = await openBaseGuide({ from, guide, via }).catch(inputErrorOnly);
  if (!(base instanceof InputError))
    return checkConfig('train-guide', value, {
      ...options,
      fallback: { network: base!.config.network, optimizer: FINE_TUNING, patience: 3 },
    });
  const others = problemsOf(() => checkConfig('train-guide', value, options));
  throw new InputError(options.where ?? 'config', [...others, ...base.problems]);
}

function problemsOf(check: () => unknown): readonly Problem[] {
  try {
    check();
    return [];
  } catch (error) {
    return inputErrorOnly(error).problems;
  }
}
