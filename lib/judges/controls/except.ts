import { isRecord } from '../../base/is-record.js';
import type { Judge } from '../judge.js';
import { markWords } from './marks.js';
import { isWords, problem, type Reading, readJudgeOptions, shown } from './target-options.js';

/** For each position, from the first word on, the words that should not be there. */
type Unwanted = readonly ReadonlySet<string>[];

/** The judge of `except`: the share of the positions with a list whose word is not on it. A position beyond the end of the text has none. */
export const exceptJudge: Judge = {
  name: 'except',
  async score(texts, targets) {
    const rows = readJudgeOptions('except', texts, targets, readLists);
    return texts.map((words, i) => {
      const unwanted = rows[i]!;
      const wrong = words.flatMap((word, at) => (unwanted[at]?.has(word) ? [at] : []));
      if (wrong.length === 0) return { value: 1 };
      return {
        value: 1 - wrong.length / unwanted.filter(({ size }) => size > 0).length,
        detail: `should not be there: ${wrong.map((at) => `${words[at]} at ${at + 1}`).join(', ')}`,
        marks: wrong.map((at) => markWords(words, at, at + 1, 'should not be here')),
      };
    });
  },
};

function readLists({ lists, at }: Readonly<Record<string, unknown>>): Reading<Unwanted> {
  if (!isRecord(lists) || !Object.values(lists).every(isWords))
    return problem('/lists', `expected lists of words by name, got ${shown(lists)}`);
  if (!isWords(at)) return problem('/at', `expected the name of a list or "" for each position, got ${shown(at)}`);
  return { target: at.map((name) => new Set(Object.hasOwn(lists, name) ? (lists[name] as readonly string[]) : [])) };
}
