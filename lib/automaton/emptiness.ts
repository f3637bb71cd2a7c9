import { shortest, type Automaton } from './automaton.js';
import { forwardReach, latticeOf } from './lattice.js';

/** Why no text is accepted: there is none at all, all are too long (in words), or at a place of the canvas none can go on. */
export type Emptiness =
  | { readonly kind: 'none' }
  | { readonly kind: 'too-long'; readonly shortest: number }
  | {
      readonly kind: 'stuck';
      readonly place: number;
      /** tokens of which it would need one */ readonly wanted: readonly number[];
    };

/**
 * Why a canvas has no accepted text, or undefined where it has one.
 *
 * @param automaton over whole canvases (`onCanvas`)
 * @param factors log-factors on the tokens [L, V]; -Infinity forbids
 */
export function emptiness(automaton: Automaton, factors: Float32Array): Emptiness | undefined {
  const lattice = latticeOf(automaton, factors);
  if (!lattice.isEmpty) return undefined;
  const least = shortest(automaton);
  if (least === undefined) return { kind: 'none' };
  if (least > lattice.places) return { kind: 'too-long', shortest: least - 2 }; // START and END are no words
  const layers = forwardReach(automaton.start, automaton.states, lattice, lattice.open, lattice.places);
  const dead = layers.findIndex((layer) => layer.length === 0);
  const place = dead < 0 ? lattice.places - 1 : dead - 1;
  const { offsets, set, sets } = lattice;
  const wanted = new Set<number>(); // classes
  for (const state of layers[place]!)
    for (let a = offsets[state]!; a < offsets[state + 1]!; a++) for (const c of sets[set[a]!]!) wanted.add(c);
  return { kind: 'stuck', place, wanted: [...automaton.classOf.keys()].filter((v) => wanted.has(automaton.classOf[v]!)) };
}
