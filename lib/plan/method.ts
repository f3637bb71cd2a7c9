import { inputErrorOnly, type Problem } from '../base/errors.js';
import { locate } from '../base/locate.js';
import type { GenerateConfig, MethodConfig } from '../config/index.js';
import type { ModelInfo } from '../guide/contract.js';
import { type LanguageModelConfig, loadLanguageModelConfig } from '../model/causal/language-model-checkpoint.js';
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
 * Checks the method of a run and loads what it was trained with: its discriminators, the config of its language model, its time budget.
 *
 * @param folder of the model
 * @returns the method, undefined for guided diffusion or if there are problems; and every problem
 */
export async function planMethod(
  config: Pick<GenerateConfig, 'method' | 'edit' | 'decode'>,
  plan: Pick<Plan, 'clauses' | 'targets'>,
  folder: string,
  model: ModelInfo,
): Promise<{ method?: PlannedMethod; problems: Problem[] }> {
  const { method } = config;
  if (!method) return { problems: [] };
  const problems = [...startProblems(method, config), ...plan.clauses.flatMap((clause) => clauseProblems(method, clause))];
  const fits = problems.length === 0;
  const { seconds, problems: ofBudget } = await budgetOf(method);
  problems.push(
    ...ofBudget,
    ...(method.model === 'diffusion' ? [] : await languageModelProblems(method.model, '/method/model', model.maxTokens - 2)),
  );
  const loads = method.name === 'fudge' && fits;
  const { discriminators, problems: ofThem } = loads ? await loadDiscriminators(plan, folder, model) : NO_DISCRIMINATORS;
  problems.push(...ofThem);
  return problems.length > 0 ? { problems } : { method: { config: method, seconds, discriminators }, problems };
}

const NO_DISCRIMINATORS = { discriminators: [], problems: [] };

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

/** Returns the seconds per text that a method may take, undefined if it has a count; or the problem that the run to compare with was not timed. */
async function budgetOf({
  seconds,
  budgetOf: run,
}: MethodConfig): Promise<{ seconds?: number | undefined; problems: Problem[] }> {
  if (run === undefined) return { seconds, problems: [] };
  if (seconds !== undefined)
    return { problems: [{ path: '/method', message: 'expected one of seconds and budgetOf, got both' }] };
  const taken = await secondsPerText(locate(run));
  if (taken !== undefined) return { seconds: taken, problems: [] };
  const message = `expected the folder of a run with timing.jsonl, which \`diffusteer generate\` writes; ${run} has none`;
  return { problems: [{ path: '/method/budgetOf', message }] };
}

/** Returns the problems of a language model, by its folder, that writes texts of `longest` words. @param path of the folder in the config */
async function languageModelProblems(model: string, path: string, longest: number): Promise<Problem[]> {
  try {
    const message = lengthProblem(model, await loadLanguageModelConfig(locate(model)), longest);
    return message === undefined ? [] : [{ path, message }];
  } catch (error) {
    return [{ path, message: inputErrorOnly(error).message }];
  }
}

/** Returns why a language model, by its folder, cannot write texts of `longest` words; undefined if it can. */
export function lengthProblem(
  model: string,
  { maxTokens }: Pick<LanguageModelConfig, 'maxTokens'>,
  longest: number,
): string | undefined {
  if (maxTokens - 2 >= longest) return undefined;
  return `${model}: expected a language model for texts of ${longest} words or more, as the model of the run writes them, got ${maxTokens - 2}`;
}
