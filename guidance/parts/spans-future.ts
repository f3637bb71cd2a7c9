import { inputError } from '../../lib/base/errors.js';
import type { FutureSpec } from '../../lib/guide/future.js';
import { CHAIN, type Constituent } from '../../lib/text/penn-tree.js';
import { commonTokens } from '../../lib/text/vocabulary.js';
import { constituents } from './span-classifier.js';

/** Numbers from the first to the last. */
type Range = readonly [number, number];

/** Where a constituent begins, in words from the last one that was read, those before it negative: the further away, the less exactly. */
const STARTS: readonly Range[] = [[2, 2], [1, 1], [0, 0], [-1, -1], [-2, -2], [-3, -3], [-4, -4], [-6, -5], [-9, -7], [-Infinity, -10]]; // prettier-ignore
/** Where it ends, likewise; -1 since the word behind it may still become a part of it. */
const ENDS: readonly Range[] = [[-1, -1], [0, 0], [1, 1], [2, 2], [3, 4], [5, 7], [8, 12], [13, Infinity]]; // prettier-ignore
/** Each range of starts with each of ends that a constituent can have. */
const WINDOWS = STARTS.flatMap((start) => ENDS.flatMap((end) => (start[0] <= end[1] ? [{ start, end }] : [])));
/** Words that follow at least: one of each range of ends. */
const FOLLOW = ENDS.filter(([least]) => least > 0);

/** Constituents of the training data under which a label is rare. */
const RARE = 500;
const [NO, YES] = [0, 1];

/** A question for each label and window, and behind them one for each number of FOLLOW. */
const questionOf = (label: number, window: number): number => label * WINDOWS.length + window;
const followQuestion = (labels: readonly string[], follow: number): number => questionOf(labels.length, follow);
const questionCount = (labels: readonly string[]): number => followQuestion(labels, FOLLOW.length);

/**
 * Whether a constituent of a label begins and ends so many words before or behind the last word of a prefix, and whether so many words follow.
 * A control asks for its spans, each as soon as it is near, and before that for enough words.
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
    for (let place = 0; place <= words + 1; place++) {
      const own = answers.subarray(place * count, (place + 1) * count).fill(NO);
      FOLLOW.forEach(([least], f) => (own[followQuestion(labels, f)] = place - 1 + least < words ? YES : NO));
    }
    for (const constituent of constituents(row)) {
      const known = namesOf(constituent).map((name) => labels.indexOf(name)).filter((l) => l >= 0); // prettier-ignore
      for (let place = 0; place <= words + 1; place++) {
        const window = windowOf(constituent, place - 1);
        if (window >= 0) for (const l of known) answers[place * count + questionOf(l, window)] = YES;
      }
    }
    return answers;
  },
  asks(options, place, _, labels) {
    const asked = Array.from({ length: questionCount(labels) }, (): readonly number[] | undefined => undefined);
    for (const span of spansOf(options)) {
      const window = windowOf(span, place - 1);
      const far = FOLLOW.findLastIndex(([least]) => place - 1 + least <= span.end);
      for (const name of namesOf(span)) {
        const l = labels.indexOf(name);
        if (l < 0) throw inputError('spans', `the discriminator has learned too few of "${name}"; it knows ${labels.join(', ')}`);
        if (window >= 0) asked[questionOf(l, window)] = [YES];
      }
      if (window < 0 && far >= 0) asked[followQuestion(labels, far)] = [YES];
    }
    return asked;
  },
});

const namesOf = ({ label }: Constituent): readonly string[] => label.split(CHAIN);

/** The window that a constituent lies in where a word is the last that was read, -1 where it is too far away or past. */
function windowOf({ start, end }: Constituent, read: number): number {
  const holds = ([least, most]: Range, at: number) => at - read >= least && at - read <= most;
  return WINDOWS.findIndex((window) => holds(window.start, start) && holds(window.end, end));
}
