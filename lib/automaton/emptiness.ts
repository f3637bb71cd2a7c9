import { shortest, type Automaton } from './automaton.js';
import { forwardReach, layersOf } from './lattice.js';

/** The reason why no text is accepted: there is none at all, all are too long (in words), or none can pass a position of the sequence. */
export type Emptiness =
  | { readonly kind: 'none' }
  | { readonly kind: 'too-long'; readonly shortest: number }
  | {
      readonly kind: 'stuck';
      readonly position: number;
      /** The tokens of which it would need one. */
      readonly wanted: readonly number[];
    };

/**
 * Returns why no sequence is accepted; undefined if one is.
 *
 * @param automaton over whole sequences (`overSequences`)
 * @param factors log-factors on the tokens [L, V]; -Infinity forbids
 */
export function emptiness(automaton: Automaton, factors: Float32Array): Emptiness | undefined {
  const layers = layersOf(automaton, factors);
  if (!layers.isEmpty) return undefined;
  const least = shortest(automaton);
  if (least === undefined) return { kind: 'none' };
  if (least > layers.positions) return { kind: 'too-long', shortest: least - 2 }; // START and END are not words
  const { offsets, set, sets, open, positions } = layers;
  const reached = forwardReach(automaton.start, automaton.states, layers, open, positions);
  const dead = reached.findIndex((states) => states.length === 0);
  const position = dead < 0 ? positions - 1 : dead - 1;
  const wanted = new Set<number>(); // classes
  for (const state of reached[position]!)
    for (let a = offsets[state]!; a < offsets[state + 1]!; a++) for (const c of sets[set[a]!]!) wanted.add(c);
  return { kind: 'stuck', position, wanted: [...automaton.classOf.keys()].filter((v) => wanted.has(automaton.classOf[v]!)) };
}
