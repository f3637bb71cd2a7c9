import { InputError, type Problem } from '../../base/errors.js';
import type { Key } from '../../base/random.js';
import type { HostTensors } from '../../engine/types.js';
import type { Checkpoint } from '../../model/checkpoint/checkpoint.js';
import type { ModelConfig } from '../../model/denoiser/config.js';
import { vocabularyAxes } from '../../model/denoiser/score-interpolation.js';
import type { ParamSpec } from '../../model/types.js';
import type { Vocabulary } from '../../text/types.js';
import { carryOver } from '../carry-over.js';
import { neighbourShares } from '../neighbour-words.js';

/** A network that continues from the weights of another. */
export interface Continuation {
  readonly config: ModelConfig;
  readonly parameters: readonly ParamSpec[];
  readonly vocabulary: Vocabulary;
  /** Training rows, in which words that the base lacks find words that it knows. */
  readonly rows: readonly (readonly string[])[];
  readonly key: Key;
}

/** Sizes that the base fixes. */
const FIXED = ['recipe', 'embeddingWidth', 'width', 'heads', 'feedForward'] as const;

/**
 * Returns the initial weights of a network that continues from a checkpoint. Words of both vocabularies keep their weights. A new word gets
 * the mean of the words that stand between the same two neighbours in the corpus, weighted by how often, and some noise; without such
 * words it stays random. The rest is as in carryOver.
 *
 * @throws as checkBase
 */
export function continueFrom(base: Checkpoint, { config, parameters, vocabulary, rows, key }: Continuation): HostTensors {
  checkBase(base, config);
  const shares = neighbourShares(vocabulary, base.tokenizer.vocabulary, rows);
  const indexed = Object.fromEntries(Object.entries(vocabularyAxes).map(([name, axis]) => [name, { axis, shares }]));
  return carryOver({ parameters, base: base.weights, indexed, key });
}

/** Checks that a network can continue from a base. @throws InputError for a base of another recipe or size */
export function checkBase({ folder, config: base }: Pick<Checkpoint, 'folder' | 'config'>, config: ModelConfig): void {
  if (base.recipe !== 'score-interpolation') {
    const message = `expected a model of the recipe score-interpolation, found ${base.recipe} in ${folder}: its network has other weights, of which none would fit; train without \`from\`, or name another model`;
    throw new InputError('the config', [{ path: '/from', message }]);
  }
  const problems = FIXED.filter((name) => config[name] !== base[name]).map((name): Problem => ({
    path: `/model/${name}`,
    message: `expected ${base[name]}, as in ${folder}, found ${config[name]}`,
  }));
  if (config.layers < base.layers) {
    problems.push({
      path: '/model/layers',
      message: `expected at least the ${base.layers} of ${folder}, found ${config.layers}`,
    });
  }
  if (problems.length > 0) throw new InputError('the config', problems);
}
