import { fromUnary, latticeOf, onCanvas, type Lattice } from '../../automaton/index.js';
import type { Checkpoint } from '../../model/checkpoint.js';
import type { RunGuides } from '../guides.js';
import { textConstraint } from '../text-factors.js';

/** The constraint of a target as a search needs it: with an automaton even where the guides only allow and forbid tokens place by place. */
export function searchedConstraint(
  posterior: RunGuides['posterior'],
  checkpoint: Checkpoint,
  target: number,
): { factors: Float32Array; lattice: Lattice } {
  const { factors, lattice } = textConstraint(posterior, checkpoint, target);
  const { vocabulary } = checkpoint.tokenizer;
  return { factors, lattice: lattice ?? latticeOf(onCanvas(fromUnary(factors, vocabulary), vocabulary), factors) };
}
