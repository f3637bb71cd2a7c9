import { createHash } from 'node:crypto';
import { isRecord } from '../base/is-record.js';
import { isWords } from '../judges/controls/target-options.js';
import type { SampleLine } from '../run/sample-line.js';
import { splitWords } from '../text/split-words.js';

/**
 * Returns the reference that a target carries: the words of its field `words`, or the text of its field `ref`.
 *
 * @param taken fields from which guides take an option: these are what is asked for, and no reference
 */
export function referenceOf(target: unknown, taken: ReadonlySet<string> = new Set()): readonly string[] | undefined {
  if (!isRecord(target)) return undefined;
  const [words, ref] = ['words', 'ref'].map((field) => (taken.has(field) ? undefined : target[field]));
  const reference = isWords(words) ? words : typeof ref === 'string' ? splitWords(ref) : [];
  return reference.length > 0 ? reference : undefined;
}

/** Returns a short name for a target, the same in every run that has the target. */
export const targetKey = (target: SampleLine['target']): string =>
  createHash('sha256').update(JSON.stringify(target)).digest('base64').slice(0, 16);

/** Returns the name under which a text is resampled: that of its target, or its own if the run has only one target. */
export const clusterOf = ({ id, target }: Pick<SampleLine, 'id' | 'target'>, isOneTarget: boolean): string =>
  isOneTarget ? id : targetKey(target);
