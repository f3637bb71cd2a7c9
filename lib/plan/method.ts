import { collectInto, InputError, inputError, type Problem, throwProblems } from '../base/errors.js';
import { locate } from '../base/locate.js';
import type { GenerateConfig, MethodConfig } from '../config/index.js';
import { loadLanguageModelConfig } from '../model/causal/language-model-checkpoint.js';
import type { OpenCheckpoint } from '../model/checkpoint/checkpoint.js';
import { secondsPerText } from '../run/timing.js';
import { type AskedDiscriminator, loadDiscriminators } from './discriminators.js';
import type { Plan, PlannedClause } from './plan.js';

/** The baseline that makes the texts of a run. */
export interface PlannedMethod {
  readonly config: MethodConfig;
  /** Seconds per text that it may take; undefined if the config gives a count instead. */
  readonly seconds: number | undefined;
  /** One per control, for `fudge`; none for other methods. */
  readonly discriminators: readonly AskedDiscriminator[];
}

/**
 * Checks a method and loads what it was trained with: its discriminators, the config of its language model, its time budget.
 *
 * @throws InputError with every problem
 */
export async function planMethod(
  method: MethodConfig,
  config: Pick<GenerateConfig, 'edit' | 'decode'>,
  plan: Pick<Plan, 'clauses' | 'targets'>,
  checkpoint: OpenCheckpoint,
  where: string,
): Promise<PlannedMethod> {
  const problems = [...startProblems(method, config), ...plan.clauses.flatMap((clause) => clauseProblems(method, clause))];
  const fits = problems.length === 0;
  const seconds = await budgetOf(method, where).catch(collectInto(problems));
  const discriminators =
    method.name === 'fudge' && fits ? await loadDiscriminators(plan, checkpoint, where).catch(collectInto(problems)) : [];
  await checkLanguageModel(method, checkpoint.config.maxTokens - 2).catch(collectInto(problems, '/method/model'));
  throwProblems(where, problems);
  return { config: method, seconds, discriminators: discriminators ?? [] };
}

/** Refuses what needs the reverse steps of guided diffusion. */
function startProblems({ name }: MethodConfig, { edit, decode }: Pick<GenerateConfig, 'edit' | 'decode'>): Problem[] {
  return [
    ...(edit ? [{ path: '/edit', message: `expected none with the method "${name}", which does not start from a text` }] : []),
    ...(decode.name === 'mbr'
      ? [{ path: '/decode', message: `expected { "name": "argmax" } with the method "${name}", got "mbr"` }]
      : []),
  ];
}

function clauseProblems({ name }: MethodConfig, { path, label, via, tree }: PlannedClause): Problem[] {
  if (name === 'beam' && via !== 'posterior') {
    const message = `the method "beam" follows guides that act by \`posterior\`; "${label}" acts by ${via}: use best-of-n or fudge`;
    return [{ path, message }];
  }
  if (name !== 'fudge') return [];
  const offered = 'leaf' in tree && tree.leaf.factory.future !== undefined;
  if (offered) return [];
  const message = `the method "fudge" needs a guide with a discriminator on prefixes, listed by itself; "${label}" is none: use best-of-n or beam`;
  return [{ path, message }];
}

/** Returns the seconds per text that a method may take; undefined if it has a count. @throws InputError if the run to compare with was not timed */
async function budgetOf({ seconds, budgetOf: run }: MethodConfig, where: string): Promise<number | undefined> {
  if (run === undefined) return seconds;
  if (seconds !== undefined)
    throw new InputError(where, [{ path: '/method', message: 'expected one of seconds and budgetOf, got both' }]);
  const taken = await secondsPerText(locate(run));
  if (taken !== undefined) return taken;
  const message = `expected the folder of a run with timing.jsonl, which \`diffusteer generate\` writes; ${run} has none`;
  throw new InputError(where, [{ path: '/method/budgetOf', message }]);
}

async function checkLanguageModel({ model }: MethodConfig, longest: number): Promise<void> {
  if (model === 'diffusion') return;
  const { maxTokens } = await loadLanguageModelConfig(locate(model));
  if (maxTokens - 2 >= longest) return;
  throw inputError(
    model,
    `expected a language model for texts of ${longest} words or more, as the model of the run writes them, got ${maxTokens - 2}`,
  );
}
