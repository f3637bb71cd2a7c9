import { jsonHash } from '../base/hash.js';
import { InputError, inputErrorOnly, type Problem } from '../base/errors.js';
import { leavesOf } from '../config/index.js';
import type { HostTensors } from '../engine/types.js';
import type { ModelInfo } from '../guide/contract.js';
import { FUTURE, loadGuideCheckpoint } from '../model/checkpoint/guide-checkpoint.js';
import type { Vocabulary } from '../text/types.js';
import type { Plan, PlannedClause } from './plan.js';

/** Size of a discriminator's network. */
export interface DiscriminatorSize {
  readonly vocabularySize: number;
  readonly maxTokens: number;
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  /** Number of classes of each question. */
  readonly questions: readonly number[];
}

/** A trained discriminator on prefixes, and what a control asks of it. */
export interface AskedDiscriminator {
  readonly size: DiscriminatorSize;
  readonly weights: HostTensors;
  /** Returns for each question the classes that serve the control of a target after the token at a position; undefined if all do. */
  asks(target: number, position: number): readonly (readonly number[] | undefined)[];
}

/**
 * Loads the discriminators of the guides of a run.
 *
 * @param folder of the model
 * @returns all of them or, if one is missing or knows nothing of a target, every such problem
 */
export async function loadDiscriminators(
  { clauses: all, targets }: Pick<Plan, 'clauses' | 'targets'>,
  folder: string,
  model: ModelInfo,
): Promise<{ discriminators: AskedDiscriminator[]; problems: Problem[] }> {
  const clauses = differentControls(all);
  const loaded = await Promise.all(clauses.map((clause) => loadDiscriminator(clause, folder, model).catch(inputErrorOnly)));
  const problems = loaded.flatMap((found, i): Problem[] => {
    const { path } = clauses[i]!;
    if (found instanceof InputError) return [{ path, message: found.message }];
    return targets.flatMap((target, t) => {
      const message = obstacle(() => found.asks(t, 1));
      return message === undefined ? [] : [{ path, message: `${message} (${target.where})` }];
    });
  });
  return { discriminators: problems.length > 0 ? [] : (loaded as AskedDiscriminator[]), problems };
}

/** Leaves out repeated controls: a guide that is listed for several `via` with the same options is one. */
function differentControls(clauses: readonly PlannedClause[]): PlannedClause[] {
  const keyOf = ({ tree }: PlannedClause): string => {
    const { factory, options } = leavesOf(tree)[0]!;
    return JSON.stringify([factory.name, options]);
  };
  const keys = clauses.map(keyOf);
  return clauses.filter((_, i) => keys.indexOf(keys[i]!) === i);
}

/** Returns the message of the InputError that a question ends with, if it does. */
function obstacle(ask: () => unknown): string | undefined {
  try {
    ask();
    return undefined;
  } catch (error) {
    return inputErrorOnly(error).message;
  }
}

async function loadDiscriminator({ tree }: PlannedClause, folder: string, model: ModelInfo): Promise<AskedDiscriminator> {
  const { factory, options } = leavesOf(tree)[0]!;
  const spec = factory.future!;
  const { config, tensors } = await loadGuideCheckpoint(folder, vocabularyHash(model.vocabulary), factory.name, FUTURE);
  const classes = config.classes ?? [];
  const known = new Map<string, ReturnType<typeof spec.asks>>();
  return {
    size: discriminatorSizeOf(model, config.network!, spec.questions(model, classes)),
    weights: tensors,
    asks(target, position) {
      const key = `${target} ${position}`;
      if (!known.has(key)) known.set(key, spec.asks(options[target], position, model, classes));
      return known.get(key)!;
    },
  };
}

/** Returns a hash of the tokens that a discriminator reads. It fits any model of the same tokens. */
export const vocabularyHash = ({ tokens }: Vocabulary): string => jsonHash(tokens);

/** Returns the size of a discriminator's network for a model. */
export function discriminatorSizeOf(
  { vocabulary, maxTokens }: Pick<ModelInfo, 'vocabulary' | 'maxTokens'>,
  network: { layers: number; width: number; heads: number },
  questions: readonly number[],
): DiscriminatorSize {
  const { layers, width, heads } = network;
  return { vocabularySize: vocabulary.size, maxTokens, layers, width, heads, questions };
}
