import type { Judge } from './judge.js';
import { isRecord, problem, readTargets, shown, type Reading } from './targets.js';

interface Range {
  readonly min: number;
  readonly max: number;
}

/** Of a preference whose options give none: the guide's own, in words. */
const SPREAD = 2;

/** 1 where the text has as many words as asked for (a number, from `min` to `max`, or within `spread` of `about`), else 0. Punctuation counts. */
export const lengthJudge: Judge = {
  name: 'length',
  async score(texts, targets) {
    const ranges = readTargets('length', texts, targets, readLength);
    return texts.map(({ length }, i) => {
      const { min, max } = ranges[i]!;
      if (length >= min && length <= max) return { value: 1 };
      return { value: 0, detail: `${length} words, expected ${wording({ min, max })}` };
    });
  },
};

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
