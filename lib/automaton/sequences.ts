import type { Vocabulary } from '../text/types.js';
import type { Automaton } from './automaton.js';
import { commonRefinement, classesOf } from './classes.js';
import { minimise } from './minimise.js';

/** The ids of the tokens that are words: all but PAD, UNK, START and END. */
export function wordIds({ size, pad, unk, start, end }: Vocabulary): number[] {
  return Array.from({ length: size }, (_, id) => id).filter((id) => id !== pad && id !== unk && id !== start && id !== end);
}

/** From an automaton over the words of a text one over its canvas: START, an accepted text, END, PAD to the end. */
export function overSequences(automaton: Automaton, vocabulary: Vocabulary): Automaton {
  const { pad, unk, start, end, size } = vocabulary;
  const special = classesOf(size, [[pad], [unk], [start], [end]]);
  const { classOf, classes, ofA } = commonRefinement(automaton, special);
  const [classPad, classUnk, classStart, classEnd] = [pad, unk, start, end].map((id) => classOf[id]!) as [
    number,
    number,
    number,
    number,
  ];
  const { states } = automaton;
  const [before, behind] = [states, states + 1];
  const next = new Int32Array((states + 2) * classes).fill(-1);
  for (let state = 0; state < states; state++) {
    for (let c = 0; c < classes; c++) next[state * classes + c] = automaton.next[state * automaton.classes + ofA[c]!]!;
    for (const c of [classPad, classUnk, classStart]) next[state * classes + c] = -1;
    next[state * classes + classEnd] = automaton.accepting[state] === 1 ? behind : -1;
  }
  next[before * classes + classStart] = automaton.start;
  next[behind * classes + classPad] = behind;
  const accepting = new Uint8Array(states + 2);
  accepting[behind] = 1;
  return minimise({ classOf, classes, states: states + 2, next, start: before, accepting });
}

/**
 * Hard facts about each place of the canvas as an automaton over the words of a text: it accepts those whose canvas is allowed at every
 * place. So hard facts can be joined and denied as automata are.
 *
 * @param logUnary log-factors [L, V]; -Infinity forbids, what is finite allows
 */
export function fromUnary(logUnary: Float32Array, vocabulary: Vocabulary): Automaton {
  const { size, pad, start, end } = vocabulary;
  const places = logUnary.length / size;
  const allows = (place: number, id: number) => logUnary[place * size + id] !== -Infinity;
  const words = wordIds(vocabulary);
  const sets = Array.from({ length: places }, (_, place) => words.filter((id) => allows(place, id)));
  const { classOf, classes } = classesOf(size, [words, ...sets]);

  const states = places - 1; // the state after so many words, which stands before place `state + 1`
  const next = new Int32Array(states * classes).fill(-1);
  for (let state = 0; state + 1 < states; state++)
    for (const id of sets[state + 1]!) next[state * classes + classOf[id]!] = state + 1;
  const accepting = new Uint8Array(states);
  let padded = allows(0, start); // START, and PAD to the end
  for (let place = places - 1; place > 0; place--) {
    accepting[place - 1] = padded && allows(place, end) ? 1 : 0;
    padded &&= allows(place, pad);
  }
  return minimise({ classOf, classes, states, next, start: 0, accepting });
}
