import type { Vocabulary } from '../text/types.js';
import type { Automaton } from './automaton.js';
import { commonRefinement, classesOf } from './classes.js';
import { minimise } from './minimise.js';

/** Returns the ids of the tokens that are words: all but PAD, UNK, START and END. */
export function wordIds({ size, pad, unk, start, end }: Vocabulary): number[] {
  return Array.from({ length: size }, (_, id) => id).filter((id) => id !== pad && id !== unk && id !== start && id !== end);
}

/** Turns an automaton over the words of a text into one over whole sequences: START, an accepted text, END, PAD to the end. */
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
  const [before, after] = [states, states + 1];
  const next = new Int32Array((states + 2) * classes).fill(-1);
  for (let state = 0; state < states; state++) {
    for (let c = 0; c < classes; c++) next[state * classes + c] = automaton.next[state * automaton.classes + ofA[c]!]!;
    for (const c of [classPad, classUnk, classStart]) next[state * classes + c] = -1;
    next[state * classes + classEnd] = automaton.accepting[state] === 1 ? after : -1;
  }
  next[before * classes + classStart] = automaton.start;
  next[after * classes + classPad] = after;
  const accepting = new Uint8Array(states + 2);
  accepting[after] = 1;
  return minimise({ classOf, classes, states: states + 2, next, start: before, accepting });
}

/**
 * Turns hard facts about the positions of a sequence into an automaton over the words of a text, which accepts a text if its sequence is
 * allowed at every position. So hard facts combine and negate as automata do.
 *
 * @param logUnary log-factors [L, V]; -Infinity forbids a token, a finite value allows it
 */
export function fromUnary(logUnary: Float32Array, vocabulary: Vocabulary): Automaton {
  const { size, pad, start, end } = vocabulary;
  const positions = logUnary.length / size;
  const allows = (position: number, id: number) => logUnary[position * size + id] !== -Infinity;
  const words = wordIds(vocabulary);
  const sets = Array.from({ length: positions }, (_, position) => words.filter((id) => allows(position, id)));
  const { classOf, classes } = classesOf(size, [words, ...sets]);

  const states = positions - 1; // state s is reached after s words, before position s + 1
  const next = new Int32Array(states * classes).fill(-1);
  for (let state = 0; state + 1 < states; state++)
    for (const id of sets[state + 1]!) next[state * classes + classOf[id]!] = state + 1;
  const accepting = new Uint8Array(states);
  let padded = allows(0, start); // START, and PAD to the end
  for (let position = positions - 1; position > 0; position--) {
    accepting[position - 1] = padded && allows(position, end) ? 1 : 0;
    padded &&= allows(position, pad);
  }
  return minimise({ classOf, classes, states, next, start: 0, accepting });
}
