import { splitWords } from '../text/split-words.js';

const COMMON =
  'the The a A an is are was has it It there There this and but or not in on at near with for of to . , ! quiet green old new pond garden heron lamp sleeps waits finds';

/** Words for a vocabulary in which guides with these options find theirs: all that stand in the options, and common ones. */
export function wordsIn(options: readonly unknown[]): readonly string[] {
  const found = options.flatMap(stringsIn).flatMap((text) => [...splitWords(text), ...(text.match(/[\p{L}\p{N}'-]+/gu) ?? [])]);
  return [...new Set([...COMMON.split(' '), ...found])];
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}
