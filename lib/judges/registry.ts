import { guideOf } from '../base/clause-label.js';
import { inputError } from '../base/errors.js';
import { joinWords } from '../text/join-words.js';
import { splitWords } from '../text/split-words.js';
import { attributeJudge } from './controls/attribute.js';
import type { BagOfWordsJudge } from './controls/bag-of-words-judge.js';
import { charactersJudge } from './controls/characters.js';
import { classifyJudge } from './controls/classify.js';
import { clauseJudge } from './controls/clause.js';
import { exceptJudge } from './controls/except.js';
import { grammarJudge } from './controls/grammar.js';
import { infillJudge } from './controls/infill.js';
import { lengthJudge } from './controls/length.js';
import { onlyJudge } from './controls/only.js';
import { posJudge } from './controls/pos.js';
import { regexJudge, templateJudge } from './controls/regex.js';
import type { SlotJudge } from './controls/slot-judge.js';
import { spansJudge } from './controls/spans.js';
import { treeJudge } from './controls/tree.js';
import { metreJudge, rhymeJudge, syllablesJudge } from './controls/verse.js';
import { wordsJudge } from './controls/words.js';
import type { Judge } from './judge.js';
import { noParser, type Parser } from './parsers/parser.js';

/** The models that judges are built on. */
export interface JudgeParts {
  /** How the run's tokenizer splits a text into words. */
  readonly split?: (text: string) => readonly string[];
  /** How it joins words to text. */
  readonly join?: (words: readonly string[]) => string;
  /** For trees and spans. Without one their judges are unavailable. */
  readonly parser?: Parser;
  /** Its trees give the Universal tags for `pos`. Default: wink-nlp. */
  readonly tagger?: Parser;
  /** For attributes: its verdict is reported next to that of the surface forms. */
  readonly classifier?: SlotJudge;
  /** For `classify`. Without one its judge is unavailable. */
  readonly labels?: BagOfWordsJudge;
}

const NEEDS_PARSER = 'needs a parser: Stanford CoreNLP or the embedded one (`diffusteer judge --parser`, see docs/evaluation.md)';

/** Returns the judges of the guides that come with the library. */
export const standardJudges = (parts: JudgeParts = {}): readonly Judge[] => {
  const { split = splitWords, join = joinWords, parser = noParser(NEEDS_PARSER), classifier, labels } = parts;
  return [
    posJudge(parts),
    lengthJudge,
    attributeJudge(classifier),
    classifyJudge(labels),
    infillJudge(split),
    wordsJudge(split),
    grammarJudge({ split, join }),
    onlyJudge(split),
    exceptJudge,
    charactersJudge(join),
    syllablesJudge,
    metreJudge,
    rhymeJudge,
    regexJudge(split),
    templateJudge(split),
    treeJudge(parser),
    spansJudge(parser),
  ];
};

/** The judges of a run. */
export interface ChosenJudges {
  /** By the label of the guide. */
  readonly judges: ReadonlyMap<string, Judge>;
  /** Guides without a judge; reports name them, so that silence is not taken for success. */
  readonly unjudged: readonly string[];
}

/**
 * Finds the judge of each guide of a run, in the run's order.
 *
 * @param labels names of guides, repeated ones with a number: `words#2`
 * @throws InputError if two judges share a name
 */
export function judgesFor(labels: readonly string[], judges: readonly Judge[] = standardJudges()): ChosenJudges {
  const byName = new Map(judges.map((judge) => [judge.name, judge]));
  if (byName.size < judges.length)
    throw inputError('judges', `expected one judge per guide, got ${judges.map((judge) => judge.name).join(', ')}`);
  for (const name of ['any', 'not'] as const) if (!byName.has(name)) byName.set(name, clauseJudge(name, byName));
  const found = [...new Set(labels)].map((label) => [label, byName.get(guideOf(label))] as const);
  return {
    judges: new Map(found.flatMap(([label, judge]) => (judge ? [[label, judge] as const] : []))),
    unjudged: found.flatMap(([label, judge]) => (judge ? [] : [label])),
  };
}
