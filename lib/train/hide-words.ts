import { type Key, uniform } from '../base/random.js';
import { FEATURES, UNKNOWN } from '../model/judging/index.js';

/**
 * Replaces some words by unknown ones, half of these with their suffix, so that training meets unknown words.
 *
 * @param ids features of a text between START and END, [words + 2, 3], changed in place
 * @param share share of the words to hide, 0 to 1
 */
export function hideWords(ids: Int32Array, share: number, key: Key): Int32Array {
  const words = ids.length / FEATURES - 2;
  uniform(key, words).forEach((draw, word) => {
    const at = (word + 1) * FEATURES;
    if (draw < share) ids[at] = UNKNOWN;
    if (draw < share / 2) ids[at + 1] = UNKNOWN;
  });
  return ids;
}
