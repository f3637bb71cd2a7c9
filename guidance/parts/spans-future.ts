import { inputError } from '../../lib/base/errors.js';
import type { FutureSpec } from '../../lib/guide/future.js';
import { CHAIN, type Constituent } from '../../lib/text/penn-tree.js';
import { commonTokens } from '../../lib/text/vocabulary.js';
import { constituents } from './span-classifier.js';

/** The numbers from the first to the last. */
type Range = readonly [number, number];

/** Ranges for the beginning of a constituent, relative to the last word that was read: the further away, the wider the range. */
const STARTS: readonly Range[] = [[2, 2], [1, 1], [0, 0], [-1, -1], [-2, -2], [-3, -3], [-4, -4], [-6, -5], [-9, -7], [-Infinity, -10]]; // prettier-ignore
/** Ranges for its end; -1 is included since the word after it may still become a part of it. */
const ENDS: readonly Range[] = [[-1, -1], [0, 0], [1, 1], [2, 2], [3, 4], [5, 7], [8, 12], [13, Infinity]]; // prettier-ignore
/** Every possible pair of a range of starts and a range of ends. */
const WINDOWS = STARTS.flatMap((start) => ENDS.flatMap((end) => (start[0] <= end[1] ? [{ start, end }] : [])));
/** Ranges of ends after the last word: the least number of words that follow. */
const FOLLOW = ENDS.filter(([least]) => least > 0);

/** A label with fewer constituents in the training data is rare, and not asked for. */
const RARE = 500;
const [NO, YES] = [0, 1];

/** Returns the index of a question: there is one per label and window, then one per range of FOLLOW. */
const questionOf = (label: number, window: number): number => label * WINDOWS.length + window;
const followQuestion = (labels: readonly string[], follow: number): number => questionOf(labels.length, follow);
const questionCount = (labels: readonly string[]): number => followQuestion(labels, FOLLOW.length);

/**
 * Predicts whether a constituent with a label begins and ends at given distances from the last word of a prefix, and whether enough words
 * follow. A control asks for each span once it is near, and before that for enough words.
 */
export const spansFuture = <O>(spansOf: (options: O) => readonly Constituent[]): FutureSpec<O> => ({
  learnsFrom: 'parses',
  classes: (rows) =>
    commonTokens(
      rows.map((row) => constituents(row).flatMap(namesOf)),
      RARE,
    ),
  questions: (_, labels) => Array.from({ length: questionCount(labels) }, () => 2),
  answers(row, { maxTokens }, labels) {
    const count = questionCount(labels);
    const answers = new Int32Array(maxTokens * count).fill(-1);
    const words = row.words.length;
    for (let position = 0; position <= words + 1; position++) {
      const own = answers.subarray(position * count, (position + 1) * count).fill(NO);
      FOLLOW.forEach(([least], f) => (own[followQuestion(labels, f)] = position - 1 + least < words ? YES : NO));
    }
    for (const constituent of constituents(row)) {
      const known = namesOf(constituent).map((name) => labels.indexOf(name)).filter((l) => l >= 0); // prettier-ignore
      for (let position = 0; position <= words + 1; position++) {
        const window = windowOf(constituent, position - 1);
        if (window >= 0) for (const l of known) answers[position * count + questionOf(l, window)] = YES;
      }
    }
    return answers;
  },
  asks(options, position, _, labels) {
    const asked = Array.from({ length: questionCount(labels) }, (): readonly number[] | undefined => undefined);
    for (const span of spansOf(options)) {
      const window = windowOf(span, position - 1);
      const far = FOLLOW.findLastIndex(([least]) => position - 1 + least <= span.end);
      for (const name of namesOf(span)) {
        const l = labels.indexOf(name);
        if (l < 0) throw inputError('spans', `the discriminator has learned too few "${name}"; it knows ${labels.join(', ')}`);
        if (window >= 0) asked[questionOf(l, window)] = [YES];
      }
      if (window < 0 && far >= 0) asked[followQuestion(labels, far)] = [YES];
    }
    return asked;
  },
});

const namesOf = ({ label }: Constituent): readonly string[] => label.split(CHAIN);

/** Returns the window of a constituent when `read` is the last word that was read, -1 if it is too far away or past. */
function windowOf({ start, end }: Constituent, read: number): number {
  const holds = ([least, most]: Range, at: number) => at - read >= least && at - read <= most;
  return WINDOWS.findIndex((window) => holds(window.start, start) && holds(window.end, end));
}
