import type { FutureSpec } from '../lib/sampler/guide.js';
import type { AnnotatedRow } from '../lib/text/types.js';
import { TAG_SETS, type TagChoice, type TagSetName } from './tags.js';

/** The tags of the word that was read and of the next ones: so far ahead a prefix still tells something. */
const AHEAD = 3;
/** The class of END and PAD; the tags of the set follow. */
const NO_WORD = 0;

/**
 * The tags of the last word of a prefix and of the three places behind it.
 *
 * @param choicesOf the tags that a control asks for, a word each; undefined where any will do
 */
export function tagFuture<O>(
  set: TagSetName,
  tagsOf: (row: AnnotatedRow) => readonly string[],
  choicesOf: (options: O) => readonly (TagChoice | undefined)[],
): FutureSpec<O> {
  const size = TAG_SETS[set].length + 1;
  const words = Array.from({ length: size - 1 }, (_, tag) => tag + 1);
  return {
    learnsFrom: 'parses',
    questions: () => Array.from({ length: AHEAD + 1 }, () => size),
    answers(row, { maxTokens }) {
      const classes = tagsOf(row).map((tag) => TAG_SETS[set].indexOf(tag) + 1);
      return Int32Array.from({ length: maxTokens * (AHEAD + 1) }, (_, i) => {
        const place = Math.floor(i / (AHEAD + 1));
        return place <= classes.length + 1 ? (classes[place - 1 + (i % (AHEAD + 1))] ?? NO_WORD) : -1;
      });
    },
    asks(options, place) {
      const choices = choicesOf(options);
      return Array.from({ length: AHEAD + 1 }, (_, ahead) => {
        const word = place - 1 + ahead;
        return word < choices.length ? (choices[word]?.tags.map((tag) => tag + 1) ?? words) : [NO_WORD];
      });
    },
  };
}
