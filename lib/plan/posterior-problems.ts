import { emptiness, type Emptiness } from '../automaton/index.js';
import { InputError, type Problem } from '../base/errors.js';
import { leavesOf, type Target } from '../config/index.js';
import { ContractBreach } from '../guide/breach.js';
import type { ModelInfo } from '../guide/contract.js';
import { emptyPosition, isHard } from '../guide/factors.js';
import type { RunGuides } from './make-guides.js';
import { boundingGuides, combineGuides, type ConstrainingGuides } from './text-factors.js';

type Posterior = RunGuides['posterior'];

/** Checks the factors that guides give for each target: whether the run can follow them, and whether they leave any text. */
export function posteriorProblems(
  guides: Required<ConstrainingGuides>,
  targets: readonly Target[],
  model: ModelInfo,
  isBeam: boolean,
): Problem[] {
  const { posterior } = guides;
  const problems = [
    ...softMemberProblems(posterior),
    ...(model.interpolates ? [] : softFactorProblems(posterior)),
    ...(isBeam ? searchedRewardProblems(posterior) : []),
  ];
  return problems.length > 0 ? problems : contradictions(targets, guides, model);
}

/** Refuses soft factors inside `any` and `not`, which are composed as automata: an automaton accepts a text or rejects it. */
function softMemberProblems(posterior: Posterior): Problem[] {
  const members = posterior.flatMap(({ tree }) => ('leaf' in tree ? [] : leavesOf(tree)));
  return members.flatMap(({ label, path, guide, options }) => {
    const isSoft = guide.via === 'posterior' && options.some((own) => !isHard(guide.factors(own)));
    const advice = 'use "via": "gradient" for all of them if the guides have it';
    const message = `the guide "${label}" weighs tokens, but inside \`any\` and \`not\` a posterior guide can only allow and forbid; ${advice}`;
    return isSoft ? [{ path, message }] : [];
  });
}

/** Refuses soft factors for a network that predicts x_0 itself: it cannot weigh tokens, only fixed tokens are written into x_0. */
function softFactorProblems(posterior: Posterior): Problem[] {
  return posterior.flatMap(({ label, path, guide, options }) => {
    const factors = guide.factors(options[0]);
    if (!factors.automaton && isHard(factors)) return [];
    const advice = 'use "via": "gradient" if the guide has it, or a model of the other recipe';
    const message = `the guide "${label}" weighs tokens by \`posterior\`, which a model of the paper's recipe cannot do; ${advice}`;
    return [{ path, message }];
  });
}

/** Refuses rewards of whole texts for beam search, which adds up factors word by word. */
function searchedRewardProblems(posterior: Posterior): Problem[] {
  return posterior.flatMap(({ label, path, guide, options }) => {
    const message = `the method "beam" scores texts word by word, but "${label}" rewards whole texts: use best-of-n`;
    return options.some((own) => guide.factors(own).reward !== undefined) ? [{ path, message }] : [];
  });
}

/** Returns a problem for each target whose guides leave no text: they contradict each other, or ask for more words than a text can have. */
function contradictions(targets: readonly Target[], guides: Required<ConstrainingGuides>, model: ModelInfo): Problem[] {
  if (guides.posterior.length === 0) return []; // a bound alone leaves texts
  const bounding = boundingGuides(guides);
  const clauses = [...guides.posterior, ...bounding];
  const names = clauses.map(({ label }) => label).join(' and ');
  const wording = wordingFor(clauses.length === 1, model);
  const members = clauses.flatMap(({ tree }) => leavesOf(tree));
  const reasons = new Map<string, string | undefined>(); // targets with the same options are checked once
  return targets.flatMap(({ where }, target) => {
    const key = JSON.stringify(members.map(({ options }) => options[target]));
    if (!reasons.has(key)) reasons.set(key, contradictionOf(guides, model, target, wording));
    const reason = reasons.get(key);
    if (reason === undefined) return [];
    const advice = clauses.length === 1 ? 'change its options' : 'loosen one of them';
    const bounds = bounding.map(boundAt(target)).join('');
    return [{ path: '/guidance', message: `${names} ${reason}${bounds} (${where}); ${advice} for this target` }];
  });
}

/** Returns a function that says how long a guide lets the text of a target be, which nobody asked it for. */
const boundAt =
  (target: number) =>
  ({ label, guide, options }: ReturnType<typeof boundingGuides>[number]): string => {
    const words = guide.mostWords(options[target]);
    return words === undefined ? '' : `, where ${label} allows at most ${words} ${words === 1 ? 'word' : 'words'}`;
  };

const MOST_WANTED = 5;

/** Returns the functions that say why one guide, or several together, leave no text. */
function wordingFor(isOne: boolean, { maxTokens, vocabulary: { tokens } }: ModelInfo) {
  const verb = (one: string, several: string) => (isOne ? one : several);
  return {
    position: (empty: number): string => `${verb('leaves', 'leave')} no word at position ${empty} of a text`,
    automaton(reason: Emptiness): string {
      switch (reason.kind) {
        case 'none':
          return verb('accepts no text', 'accept no text in common');
        case 'too-long':
          return `${verb('accepts', 'accept')} no text that fits: the shortest has ${reason.shortest} words, a text holds ${maxTokens - 2}`;
        case 'stuck': {
          const names = reason.wanted.slice(0, MOST_WANTED).map((id) => `"${tokens[id]}"`);
          const more = reason.wanted.length > MOST_WANTED ? ` or ${reason.wanted.length - MOST_WANTED} others` : '';
          return `${verb('accepts', 'accept')} no text: position ${reason.position} needs ${names.join(' or ')}${more}, which is forbidden there`;
        }
      }
    },
  };
}

function contradictionOf(
  guides: ConstrainingGuides,
  model: ModelInfo,
  target: number,
  wording: ReturnType<typeof wordingFor>,
): string | undefined {
  try {
    const { factors, automaton } = combineGuides(guides, model, target);
    const empty = emptyPosition(factors, model.vocabulary.size);
    if (empty !== undefined) return wording.position(empty);
    const reason = automaton && emptiness(automaton, factors);
    return reason && wording.automaton(reason);
  } catch (error) {
    if (error instanceof InputError && !(error instanceof ContractBreach)) return `cannot be used: ${error.message}`;
    throw error;
  }
}
