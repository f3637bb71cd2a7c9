import type { ClauseTree } from '../config/index.js';
import { stepsTaken } from '../plan/branch.js';
import type { PlannedClause, PlannedGuide } from '../plan/plan.js';
import { textId } from '../run/sample-line.js';
import { shardLayout } from '../shard/index.js';
import type { PlanEvent, PlannedClauseInfo } from './api.js';
import type { CheckedRequest } from './request.js';

/** Returns the first event of a run. */
export function planEvent({ run, request }: CheckedRequest): PlanEvent {
  const { plan, checkpoint, config, branch } = run;
  const steps = stepsTaken(run);
  return {
    event: 'plan',
    texts: plan.items.map(({ target, sample }) => ({
      id: textId(target, sample),
      target: plan.targets[target]!.fields,
      sample,
    })),
    guides: plan.clauses.flatMap(clauseInfos),
    steps: { first: branch ? branch.step + 1 : steps[0]!.step, last: steps.at(-1)!.step, of: config.sampler.steps },
    positions: checkpoint.config.maxTokens - 2, // without START and END
    vocabularySize: checkpoint.config.vocabularySize,
    decode: config.decode.name,
    candidates: shardLayout(config, plan).candidates,
    config: request,
  };
}

/** Returns a clause and its members, in the order of the config. */
function clauseInfos({ tree, via, window }: PlannedClause): PlannedClauseInfo[] {
  const [from, to] = window;
  const facts = { via, window: [from, to] as const };
  const within = (one: ClauseTree<PlannedGuide>, inside?: string): PlannedClauseInfo[] => {
    const outer = inside === undefined ? {} : { inside };
    if ('leaf' in one) return [{ label: one.leaf.label, path: one.leaf.path, guide: one.leaf.factory.name, ...outer, ...facts }];
    const { label, path, op, members } = one;
    return [{ label, path, op, ...outer, ...facts }, ...members.flatMap((member) => within(member, label))];
  };
  return within(tree);
}
