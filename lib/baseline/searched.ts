import { fromUnary, latticeOf, overSequences, type Lattice } from '../automaton/index.js';
import type { Checkpoint } from '../model/checkpoint/checkpoint.js';
import type { RunGuides } from '../plan/make-guides.js';
import { textConstraint } from '../plan/text-factors.js';

/**
 * The constraint of a target as a search needs it: with an automaton even where the guides only allow and forbid tokens place by place, and
 * without the empty text where there is another: it is often the likeliest of all, being short (Stahlberg and Byrne 2019, arXiv 1908.10090).
 */
export function searchedConstraint(
  posterior: RunGuides['posterior'],
  checkpoint: Checkpoint,
  target: number,
): { factors: Float32Array; lattice: Lattice } {
  const { factors, lattice } = textConstraint(posterior, checkpoint, target);
  const { vocabulary } = checkpoint.tokenizer;
  const automaton = lattice?.automaton ?? overSequences(fromUnary(factors, vocabulary), vocabulary);
  const wordy = factors.slice();
  wordy[vocabulary.size + vocabulary.end] = -Infinity; // at the place of the first word
  const found = latticeOf(automaton, wordy);
  return found.isEmpty ? { factors, lattice: latticeOf(automaton, factors) } : { factors: wordy, lattice: found };
}
