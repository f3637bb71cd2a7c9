import { isDeepStrictEqual } from 'node:util';
import { InputError, type Problem } from '../base/errors.js';
import { isRecord } from '../base/is-record.js';
import { found } from '../config/expected.js';
import type { PreparedRun } from '../plan/prepare.js';
import { runSteps } from '../sampler/index.js';
import { shardLayout, type ShardText, textsOfShard } from '../shard/index.js';
import type { CheckedRequest, PlannedBranch } from './checked-request.js';

/** Most branches that depart from each other. */
const DEEPEST = 32;

/**
 * Checks a branch.
 *
 * @param check checks the request that it departs from
 * @throws InputError with every problem, by JSON path of the request
 */
export async function plannedBranch(
  branch: unknown,
  run: PreparedRun,
  check: (of: unknown) => Promise<CheckedRequest>,
  depth: number,
): Promise<PlannedBranch> {
  const { of: origin, text, step } = isRecord(branch) ? branch : {};
  if (depth >= DEEPEST) throw refused([{ path: '/branch', message: `expected at most ${DEEPEST} branches inside each other` }]);
  if (typeof text !== 'string' || !Number.isInteger(step) || !isRecord(origin)) {
    const message = `expected { "of": the request that made the text, "text": its id, "step": the last step that both share }, got ${found(branch)}`;
    throw refused([{ path: '/branch', message }]);
  }
  const of = await check(origin).catch((error: unknown) => {
    throw error instanceof InputError ? refused(error.problems.map((p) => ({ ...p, path: `/branch/of${p.path}` }))) : error;
  });
  const planned = { of, text, step: step as number, item: indexOf(run, text), origin: indexOf(of.run, text) };
  const problems = [...textProblems(planned), ...levelProblems(of.run, run), ...stepProblems(planned, run)];
  if (problems.length > 0) throw refused(problems);
  return planned;
}

const refused = (problems: readonly Problem[]): InputError => new InputError('request', problems);

const indexOf = ({ plan }: PreparedRun, id: string): number =>
  plan.items.findIndex(({ target, sample }) => `${target}-${sample}` === id);

function textProblems({ of, text, item, origin }: PlannedBranch): Problem[] {
  const ids = of.items.map((i) => of.run.plan.items[i]!).map(({ target, sample }) => `${target}-${sample}`);
  if (!of.items.includes(origin))
    return [{ path: '/branch/text', message: `expected one of ${ids.slice(0, 12).join(', ')}, got ${found(text)}` }];
  if (item >= 0) return [];
  return [{ path: '/branch/text', message: `the request makes no text ${text}; keep the targets and samples of "of"` }];
}

/** Refuses a branch whose steps have other noise levels than those it departs from. */
function levelProblems(of: PreparedRun, run: PreparedRun): Problem[] {
  const problems: Problem[] = [];
  if (of.checkpoint.hash !== run.checkpoint.hash)
    problems.push({ path: '/model', message: 'expected the model of the request that the branch departs from' });
  const levels = ({ config: { sampler } }: PreparedRun) => [sampler.name, sampler.steps, sampler.power, sampler.eta];
  if (!isDeepStrictEqual(levels(of), levels(run)))
    problems.push({
      path: '/sampler',
      message: 'expected the name, steps, power and eta of the request that the branch departs from',
    });
  return problems;
}

function stepProblems({ of, step }: PlannedBranch, run: PreparedRun): Problem[] {
  const least = Math.max(of.branch?.step ?? 0, stepsOf(of.run)[0]!.step);
  const most = Math.min(stepsOf(of.run).at(-1)!.step, stepsOf(run).at(-1)!.step) - 1;
  if (step >= least && step <= most) return [];
  const expected = least <= most ? `a step from ${least} to ${most}` : 'a run with more steps';
  return [{ path: '/branch/step', message: `expected ${expected}, so that one is left, got ${step}` }];
}

/** Returns the steps that a run takes. */
export const stepsOf = ({ steps, decoder }: PreparedRun) => runSteps(steps, decoder?.options.at);

/** Returns texts of a run by their indices, each with the keys of its rows. */
export function textsAt(run: PreparedRun, items: readonly number[]): ShardText[] {
  const layout = shardLayout(run.config, run.plan);
  const shards = new Map<number, readonly ShardText[]>();
  return items.map((item) => {
    const shard = Math.floor(item / layout.texts);
    const texts = shards.get(shard) ?? textsOfShard(run, layout, shard).texts;
    shards.set(shard, texts);
    return texts[item % layout.texts]!;
  });
}
