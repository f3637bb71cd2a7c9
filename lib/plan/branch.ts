import { isDeepStrictEqual } from 'node:util';
import { inputErrorOnly, type Problem } from '../base/errors.js';
import { isRecord } from '../base/is-record.js';
import { checkConfig, type GenerateConfig, soundPart } from '../config/index.js';
import type { ReverseStep } from '../diffusion/index.js';
import { runSteps } from '../sampler/index.js';
import type { Plan } from './plan.js';

/** The run that a branch departs from, and where it does. */
export interface PlannedBranch<Run> {
  readonly of: Run;
  /** Index of the text among those of `of`. */
  readonly origin: number;
  /** The last reverse step that the two runs share. */
  readonly step: number;
  /** Index of the candidate that is continued, among those that the text is chosen from. */
  readonly candidate: number;
}

type BranchConfig = NonNullable<GenerateConfig['branch']>;

/** The parts of a run that decide whether a branch can depart from it. */
interface BranchableRun {
  readonly config: Pick<GenerateConfig, 'sampler' | 'device' | 'precision' | 'method' | 'decode'>;
  readonly checkpoint: { readonly hash: string };
  readonly steps: readonly ReverseStep[];
  readonly decoder?: { readonly options: { readonly at: number } } | undefined;
  readonly branch?: { readonly step: number } | undefined;
  readonly plan: Pick<Plan, 'items'>;
}

/** Most branches that depart from each other. */
const DEEPEST = 32;
/** Stands for the output folder of a run that a branch departs from. Nothing is written to it. */
const NO_OUTPUT = 'runs/branch';

/** Returns the config of the run that a branch departs from, with defaults. @throws InputError with every problem */
export const originConfig = (of: Readonly<Record<string, unknown>>): GenerateConfig =>
  checkConfig('generate', { output: NO_OUTPUT, ...of });

/** How the run that a branch departs from is checked. */
interface OriginCheck<Run> {
  /** @throws InputError with every problem */
  run(config: GenerateConfig): Promise<Run>;
  /** Returns the problems of a config, the rest of which its schema refuses. */
  problems(config: Partial<GenerateConfig>): Promise<readonly Problem[]>;
}

/**
 * Checks the run that a branch departs from.
 *
 * @returns the run; undefined if the config has no branch, or the run has problems
 */
export async function checkOrigin<Run>(
  branch: BranchConfig | undefined,
  check: OriginCheck<Run>,
): Promise<{ run?: Run; problems: Problem[] }> {
  if (!branch) return { problems: [] };
  if (depthOf(branch) > DEEPEST)
    return { problems: [{ path: '/branch', message: `expected at most ${DEEPEST} branches inside each other` }] };
  const { config, problems } = soundPart('generate', { output: NO_OUTPUT, ...branch.of });
  if (problems.length > 0) return { problems: ofOrigin([...problems, ...(config ? await check.problems(config) : [])]) };
  try {
    return { run: await check.run(originConfig(branch.of)), problems: [] };
  } catch (error) {
    return { problems: ofOrigin(inputErrorOnly(error).problems) };
  }
}

const ofOrigin = (problems: readonly Problem[]): Problem[] => problems.map((one) => ({ ...one, path: `/branch/of${one.path}` }));

function depthOf(branch: unknown): number {
  let depth = 0;
  for (let inner = branch; isRecord(inner) && depth <= DEEPEST; depth++) inner = isRecord(inner['of']) ? inner['of']['branch'] : undefined; // prettier-ignore
  return depth;
}

/**
 * Plans a branch: where its text departs from that of `of`.
 *
 * @returns the branch and the one text that the run makes; or every problem
 */
export function planBranch<Run extends BranchableRun>(
  { text, step, candidate = 0 }: BranchConfig,
  of: Run,
  run: BranchableRun,
): { branch?: PlannedBranch<Run>; items: Plan['items']; problems: Problem[] } {
  const ids = of.plan.items.map(idOf);
  const origin = ids.indexOf(text);
  const items = run.plan.items.filter((item) => idOf(item) === text);
  const problems = [
    ...(origin < 0 ? [{ path: '/branch/text', message: `expected one of ${listed(ids)}, got ${JSON.stringify(text)}` }] : []),
    ...(origin >= 0 && items.length === 0
      ? [{ path: '/branch/text', message: `this config makes no text ${text}; keep the targets and samples of "of"` }]
      : []),
    ...agreementProblems(of, run),
    ...stepProblems(step, of, run),
    ...candidateProblems(candidate, of),
  ];
  return problems.length > 0 ? { items, problems } : { branch: { of, origin, step, candidate }, items, problems };
}

const idOf = ({ target, sample }: Plan['items'][number]): string => `${target}-${sample}`;

const MOST_LISTED = 12;
const listed = (ids: readonly string[]): string =>
  ids.length <= MOST_LISTED ? ids.join(', ') : `${ids.slice(0, MOST_LISTED).join(', ')}, ... ${ids.at(-1)}`;

/** Refuses a branch with other latents than the run that it departs from: of another model, other noise levels or another precision. */
function agreementProblems(of: BranchableRun, run: BranchableRun): Problem[] {
  const problems: Problem[] = [];
  const method = run.config.method ?? of.config.method;
  if (method) problems.push({ path: '/branch', message: `"${method.name}" has no reverse steps to depart from` });
  const differ = (path: string, what: string) =>
    problems.push({ path, message: `expected ${what} of the run that the branch departs from` });
  if (of.checkpoint.hash !== run.checkpoint.hash) differ('/model', 'the model');
  const levels = ({ config: { sampler } }: BranchableRun) => [sampler.name, sampler.steps, sampler.power, sampler.eta];
  if (!isDeepStrictEqual(levels(of), levels(run))) differ('/sampler', 'the name, steps, power and eta');
  for (const key of ['device', 'precision'] as const) if (of.config[key] !== run.config[key]) differ(`/${key}`, `the ${key}`);
  return problems;
}

function stepProblems(step: number, of: BranchableRun, run: BranchableRun): Problem[] {
  const [theirs, own] = [stepsTaken(of), stepsTaken(run)];
  if (theirs.length === 0 || own.length === 0) return [];
  const least = Math.max(of.branch?.step ?? 0, theirs[0]!.step, own[0]!.step - 1);
  const most = Math.min(theirs.at(-1)!.step, own.at(-1)!.step) - 1;
  if (step >= least && step <= most) return [];
  const wanted = least <= most ? `a step from ${least} to ${most}` : 'a run with more steps';
  return [{ path: '/branch/step', message: `expected ${wanted}, so that one is left, got ${step}` }];
}

function candidateProblems(candidate: number, { config: { decode } }: BranchableRun): Problem[] {
  const most = 'candidates' in decode ? decode.candidates : 1;
  const repairs = decode.name === 'joint' && decode.repair !== undefined;
  if (candidate > 0 && repairs)
    return [
      { path: '/branch/candidate', message: `expected 0: further candidates of "of" repair earlier ones, got ${candidate}` },
    ];
  if (candidate < most) return [];
  const wanted = most === 1 ? '0, since "of" samples one candidate' : `a candidate from 0 to ${most - 1}`;
  return [{ path: '/branch/candidate', message: `expected ${wanted}, got ${candidate}` }];
}

/** Returns the reverse steps that a run takes. Joint decoding leaves out the last ones. */
export const stepsTaken = ({ steps, decoder }: Pick<BranchableRun, 'steps' | 'decoder'>) => runSteps(steps, decoder?.options.at);
