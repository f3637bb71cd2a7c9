import { InputError, inputErrorOnly, type Problem, throwProblems } from '../base/errors.js';
import { locate } from '../base/locate.js';
import { type GenerateConfig, leavesOf, type MethodConfig } from '../config/index.js';
import { modelInfoOf } from '../guide/model-info.js';
import { loadLanguageModelConfig } from '../model/causal/language-model-checkpoint.js';
import type { Checkpoint } from '../model/checkpoint/checkpoint.js';
import { FUTURE, loadGuideCheckpoint } from '../model/checkpoint/guide-checkpoint.js';
import { type Plan, type PlannedClause } from '../plan/plan.js';
import { budgetOf } from './budget.js';
import type { AskedDiscriminator } from './discriminator-odds.js';
import { discriminatorSizeOf, vocabularyHash } from './discriminator.js';

/**
 * Checks all of a method that can be checked without running it: what it serves, its language model, its discriminators, its budget.
 * Errors: an InputError with every problem of the first of these that has any.
 */
export async function checkMethod(method: MethodConfig, { config, plan, checkpoint }: CheckedRun, where: string): Promise<void> {
  const problems = methodProblems(method, config, plan);
  throwProblems(where, problems);
  await budgetOf(method, where);
  if (method.name === 'fudge') await loadDiscriminators(plan, checkpoint, where);
  if (method.model === 'diffusion') return;
  const language = await loadLanguageModelConfig(locate(method.model)).catch(inputErrorOnly);
  if (language instanceof InputError) throw new InputError(where, [{ path: '/method/model', message: language.message }]);
  const [most, has] = [checkpoint.config.maxTokens - 2, language.maxTokens - 2];
  if (has >= most) return;
  const message = `expected a language model of texts of ${most} words or more, as the model of the run makes them, got ${has}`;
  throw new InputError(where, [{ path: '/method/model', message }]);
}

interface CheckedRun {
  readonly config: GenerateConfig;
  readonly plan: Plan;
  readonly checkpoint: Checkpoint;
}

/** What keeps a method from making the texts of a run: all of it, by JSON path of the config. */
function methodProblems(method: MethodConfig, config: GenerateConfig, plan: Plan): Problem[] {
  const none = `expected none beside the method "${method.name}", which starts from nothing`;
  return [
    ...(config.edit ? [{ path: '/edit', message: none }] : []),
    ...(config.decode.name === 'mbr'
      ? [{ path: '/decode', message: `expected { "name": "argmax" } beside the method "${method.name}", got "mbr"` }]
      : []),
    ...plan.clauses.flatMap((clause) => clauseProblems(method, clause)),
  ];
}

function clauseProblems({ name }: MethodConfig, clause: PlannedClause): Problem[] {
  const { path, label, via } = clause;
  if (name === 'beam' && via !== 'posterior') {
    const message = `the method "beam" follows guides that act by \`posterior\`; "${label}" acts by ${via}: use best-of-n or fudge`;
    return [{ path, message }];
  }
  if (name !== 'fudge') return [];
  const offered = 'leaf' in clause.tree && clause.tree.leaf.factory.future !== undefined;
  if (offered) return [];
  const message = `the method "fudge" needs a guide with a discriminator on prefixes, listed by itself; "${label}" is none: use best-of-n or beam`;
  return [{ path, message }];
}

/** The discriminators of the guides of a run. Errors: an InputError with every one that is missing, and every target that one knows nothing of. */
export async function loadDiscriminators(plan: Plan, checkpoint: Checkpoint, where: string): Promise<AskedDiscriminator[]> {
  const clauses = differentControls(plan.clauses);
  const loaded = await Promise.all(clauses.map((clause) => loadDiscriminator(clause, checkpoint).catch(inputErrorOnly)));
  const problems = loaded.flatMap((found, i): Problem[] => {
    const { path } = clauses[i]!;
    if (found instanceof InputError) return [{ path, message: found.message }];
    return plan.targets.flatMap((target, t) => {
      const message = obstacle(() => found.asks(t, 1));
      return message === undefined ? [] : [{ path, message: `${message} (${target.where})` }];
    });
  });
  throwProblems(where, problems);
  return loaded as AskedDiscriminator[];
}

/** A guide that is listed for several places, with the same options, is one control. */
function differentControls(clauses: readonly PlannedClause[]): PlannedClause[] {
  const keyOf = ({ tree }: PlannedClause): string => {
    const { factory, options } = leavesOf(tree)[0]!;
    return JSON.stringify([factory.name, options]);
  };
  const keys = clauses.map(keyOf);
  return clauses.filter((_, i) => keys.indexOf(keys[i]!) === i);
}

function obstacle(ask: () => unknown): string | undefined {
  try {
    ask();
    return undefined;
  } catch (error) {
    return inputErrorOnly(error).message;
  }
}

async function loadDiscriminator({ tree }: PlannedClause, checkpoint: Checkpoint): Promise<AskedDiscriminator> {
  const { factory, options } = leavesOf(tree)[0]!;
  const spec = factory.future!;
  const info = modelInfoOf(checkpoint);
  const { config, tensors } = await loadGuideCheckpoint(checkpoint.folder, vocabularyHash(info.vocabulary), factory.name, FUTURE);
  const classes = config.classes ?? [];
  const known = new Map<string, ReturnType<typeof spec.asks>>();
  return {
    size: discriminatorSizeOf(info, config.network!, spec.questions(info, classes)),
    weights: tensors,
    asks(target, place) {
      const key = `${target} ${place}`;
      if (!known.has(key)) known.set(key, spec.asks(options[target], place, info, classes));
      return known.get(key)!;
    },
  };
}
