import { inputError } from '../base/errors.js';

type Texts = readonly (readonly string[])[];

/** Lengths in words, punctuation included. */
export interface Lengths {
  readonly mean: number;
  readonly min: number;
  readonly max: number;
}

const joined = (words: readonly string[]): string => words.join(' ');

/** Share of different texts: 1 where no text comes twice. @throws InputError where there are none */
export function distinctShare(texts: Texts): number {
  return new Set(some(texts).map(joined)).size / texts.length;
}

/** Share of texts that stand word for word in the corpus, a whole row each. @throws InputError where there are none */
export function copiedShare(texts: Texts, corpus: Texts): number {
  const rows = new Set(corpus.map(joined));
  return some(texts).filter((words) => rows.has(joined(words))).length / texts.length;
}

/** @throws InputError where there are none */
export function lengths(texts: Texts): Lengths {
  const counts = some(texts).map((words) => words.length);
  return { mean: mean(counts), min: least(counts), max: -least(counts.map((n) => -n)) };
}

export const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b));

function some(texts: Texts): Texts {
  if (texts.length === 0) throw inputError('texts', 'expected at least one text to measure, got none');
  return texts;
}
