import { isRecord } from '../../base/is-record.js';
import type { Judge, Mark } from '../judge.js';
import { markEnd, markWords } from './marks.js';
import { problem, type Reading, readJudgeOptions, shown } from './target-options.js';

interface Range {
  readonly min: number;
  readonly max: number;
}

/** Default spread of a preference, words: the guide's default. */
const SPREAD = 2;

const NEAR = 'within 2';

/**
 * The judge of `length`: 1 if the text has as many words as asked for (a number, from `min` to `max`, or within `spread` of `about`), else 0,
 * as in the code of Li et al. 2022. Also given: 1 if at most two words are missing or too many, the definition of their section 5.
 * Punctuation counts as words.
 */
export const lengthJudge: Judge = {
  name: 'length',
  async score(texts, targets) {
    const ranges = readJudgeOptions('length', texts, targets, readLength);
    return texts.map((words, i) => {
      const { length } = words;
      const { min, max } = ranges[i]!;
      const beyond = Math.max(min - length, length - max, 0);
      const also = { [NEAR]: beyond <= 2 ? 1 : 0 };
      if (beyond === 0) return { value: 1, also };
      return {
        value: 0,
        also,
        detail: `${length} words, expected ${wording({ min, max })}`,
        marks: [markOf(words, { min, max })],
      };
    });
  },
};

function markOf(words: readonly string[], { min, max }: Range): Mark {
  if (words.length > max)
    return markWords(words, Math.floor(max), words.length, `extra, expected ${wording({ min, max })} words`);
  const lacking = Math.ceil(min) - words.length;
  return markEnd(words, `${lacking} ${lacking === 1 ? 'word is' : 'words are'} missing`);
}

function wording({ min, max }: Range): string {
  if (min === max) return `${min}`;
  return max === Infinity ? `at least ${min}` : `${min} to ${max}`;
}

function readLength({ length }: Readonly<Record<string, unknown>>): Reading<Range> {
  if (isCount(length)) return { target: { min: length, max: length } };
  if (isRecord(length) && 'about' in length) return readPreference(length);
  const { min, max } = isRecord(length) ? { min: length['min'] ?? 0, max: length['max'] ?? Infinity } : {};
  const bounded = min !== 0 || max !== Infinity;
  if (bounded && isCount(min) && (isCount(max) || max === Infinity) && min <= max) return { target: { min, max } };
  return problem('/length', `expected a number of words or { "min", "max" } with min at most max, got ${shown(length)}`);
}

function readPreference({ about, spread = SPREAD }: Readonly<Record<string, unknown>>): Reading<Range> {
  if (isCount(about) && typeof spread === 'number' && spread > 0) return { target: { min: about - spread, max: about + spread } };
  return problem(
    '/length',
    `expected a number of words for "about" and one above 0 for "spread", got ${shown({ about, spread })}`,
  );
}

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0;
