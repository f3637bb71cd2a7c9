import type { Problem } from '../base/errors.js';
import { type GenerateConfig, leavesOf } from '../config/index.js';
import { precisionObstacle } from '../engine/precision.js';
import { isHard } from '../guide/factors.js';
import type { RunGuides } from './make-guides.js';
import type { PlannedClause } from './plan.js';

type Posterior = RunGuides['posterior'];

/** Refuses a precision that the device does not compute in. */
export function precisionProblems({ device, precision }: Pick<GenerateConfig, 'device' | 'precision'>): Problem[] {
  const message = precisionObstacle(device, precision);
  return message === undefined ? [] : [{ path: '/precision', message }];
}

/** Refuses minimum Bayes risk together with particles: both choose one of the rows of a text. */
export function choiceProblems({ decode }: Pick<GenerateConfig, 'decode'>, clauses: readonly PlannedClause[]): Problem[] {
  const clause = clauses.find(({ via }) => via === 'particles');
  if (!clause || decode.name !== 'mbr') return [];
  const message = `expected { "name": "argmax" }, since the guide "${clause.label}" chooses among the trajectories of a text, got "mbr"`;
  return [{ path: '/decode', message }];
}

/** Refuses soft factors inside `any` and `not`, which are composed as automata: an automaton accepts a text or rejects it. */
export function softMemberProblems(posterior: Posterior): Problem[] {
  const members = posterior.flatMap(({ tree }) => ('leaf' in tree ? [] : leavesOf(tree)));
  return members.flatMap(({ label, path, guide, options }) => {
    const isSoft = guide.via === 'posterior' && options.some((own) => !isHard(guide.factors(own)));
    const advice = 'use "via": "gradient" for all of them if the guides have it';
    const message = `the guide "${label}" weighs tokens, but inside \`any\` and \`not\` a posterior guide can only allow and forbid; ${advice}`;
    return isSoft ? [{ path, message }] : [];
  });
}

/** Refuses soft factors for a network that predicts x_0 itself: it cannot weigh tokens, only fixed tokens are written into x_0. */
export function softFactorProblems(posterior: Posterior): Problem[] {
  return posterior.flatMap(({ label, path, guide, options }) => {
    const factors = guide.factors(options[0]);
    if (!factors.automaton && isHard(factors)) return [];
    const advice = 'use "via": "gradient" if the guide has it, or a model of the other recipe';
    const message = `the guide "${label}" weighs tokens by \`posterior\`, which a model of the paper's recipe cannot do; ${advice}`;
    return [{ path, message }];
  });
}

/** Refuses rewards of whole texts for beam search, which adds up factors word by word. */
export function searchedRewardProblems(posterior: Posterior): Problem[] {
  return posterior.flatMap(({ label, path, guide, options }) => {
    const message = `the method "beam" scores texts word by word, but "${label}" rewards whole texts: use best-of-n`;
    return options.some((own) => guide.factors(own).reward !== undefined) ? [{ path, message }] : [];
  });
}
