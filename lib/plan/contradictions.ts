import { emptiness, type Emptiness } from '../automaton/index.js';
import { InputError, type Problem } from '../base/errors.js';
import type { Target } from '../config/index.js';
import { ContractBreach } from '../guide/breach.js';
import { emptyPosition } from '../guide/factors.js';
import type { OpenCheckpoint } from '../model/checkpoint/checkpoint.js';
import type { Vocabulary } from '../text/types.js';
import type { RunGuides } from './make-guides.js';
import { combineGuides } from './text-factors.js';

/** Returns a problem for each target whose guides leave no text: they contradict each other, or ask for more words than a text can have. */
export function contradictions(
  targets: readonly Target[],
  posterior: RunGuides['posterior'],
  checkpoint: OpenCheckpoint,
): Problem[] {
  if (posterior.length === 0) return [];
  const names = posterior.map(({ label }) => label).join(' and ');
  const verb = (one: string, several: string) => (posterior.length === 1 ? one : several);
  return targets.flatMap(({ where }, target) => {
    const reason = contradictionOf(posterior, checkpoint, target, verb);
    if (reason === undefined) return [];
    const advice = posterior.length === 1 ? 'change its options' : 'loosen one of them';
    return [{ path: '/guidance', message: `${names} ${reason} (${where}); ${advice} for this target` }];
  });
}

/** Chooses the verb form for one guide, or for several. */
type Verb = (one: string, several: string) => string;

function contradictionOf(
  posterior: RunGuides['posterior'],
  checkpoint: OpenCheckpoint,
  target: number,
  verb: Verb,
): string | undefined {
  const { maxTokens, vocabularySize } = checkpoint.config;
  try {
    const { factors, automaton } = combineGuides(posterior, checkpoint, target);
    const empty = emptyPosition(factors, vocabularySize);
    if (empty !== undefined) return `${verb('leaves', 'leave')} no word at position ${empty} of a text`;
    const reason = automaton && emptiness(automaton, factors);
    return reason && wording(reason, maxTokens, checkpoint.tokenizer.vocabulary, verb);
  } catch (error) {
    if (error instanceof InputError && !(error instanceof ContractBreach)) return `cannot be used: ${error.message}`;
    throw error;
  }
}

const MOST_WANTED = 5;

function wording(reason: Emptiness, maxTokens: number, { tokens }: Vocabulary, verb: Verb): string {
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
}
