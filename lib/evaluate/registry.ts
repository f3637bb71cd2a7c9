import { inputError } from '../errors.js';
import { splitWords } from '../text/split-words.js';
import { infillJudge } from './infill.js';
import type { Judge } from './judge.js';
import { lengthJudge } from './length.js';
import { posJudge } from './pos.js';

/** The judges that come with the library. @param split how the run's tokenizer splits a text into words */
export const standardJudges = (split: (text: string) => readonly string[] = splitWords): readonly Judge[] => [
  posJudge,
  lengthJudge,
  infillJudge(split),
];

export interface ChosenJudges {
  readonly judges: readonly Judge[];
  /** Guides that no judge knows; a report names them, so that silence is not taken for success. */
  readonly unjudged: readonly string[];
}

/** The judges of the guides that a run used, each once, in the run's order. @throws InputError where two judges share a name */
export function judgesFor(guides: readonly string[], judges: readonly Judge[] = standardJudges()): ChosenJudges {
  const byName = new Map(judges.map((judge) => [judge.name, judge]));
  if (byName.size < judges.length)
    throw inputError('judges', `expected one judge a guide, got ${judges.map((judge) => judge.name).join(', ')}`);
  const names = [...new Set(guides)];
  return {
    judges: names.flatMap((name) => byName.get(name) ?? []),
    unjudged: names.filter((name) => !byName.has(name)),
  };
}
