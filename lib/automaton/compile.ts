import { inputError } from '../base/errors.js';
import { type Automaton, MAX_STATES } from './automaton.js';
import { classesOf } from './classes.js';
import { minimise } from './minimise.js';
import { closure, thompson } from './nfa.js';
import { type TokenRegex, tokenSets } from './token-regex.js';

/**
 * Compiles a regular expression to the smallest automaton that accepts the same, by Thompson's construction, the subset construction over
 * classes of tokens, and minimisation.
 *
 * @throws InputError if it has too many states
 */
export function compileExpression(regex: TokenRegex, vocabularySize: number): Automaton {
  const nfa = thompson(regex);
  const sets = [...new Set(tokenSets(regex))];
  const { classOf, classes } = classesOf(vocabularySize, sets);
  const classesIn = new Map(sets.map((tokens) => [tokens, [...new Set(tokens.map((token) => classOf[token]!))]]));

  const known = new Map<string, number>();
  const subsets: number[][] = [];
  const stateOf = (nodes: Iterable<number>): number => {
    const subset = closure(nfa, nodes);
    const key = subset.join();
    if (!known.has(key)) known.set(key, subsets.push(subset) - 1);
    return known.get(key)!;
  };
  stateOf([nfa.start]);
  const rows: Int32Array[] = [];
  for (let state = 0; state < subsets.length; state++) {
    if (subsets.length > MAX_STATES)
      throw inputError('expression', `makes an automaton of more than ${MAX_STATES} states; use smaller bounds or fewer parts`);
    const targets = new Map<number, Set<number>>(); // class -> nodes
    for (const node of subsets[state]!) {
      const arc = nfa.takes[node];
      for (const c of arc ? classesIn.get(arc.tokens)! : []) {
        if (!targets.has(c)) targets.set(c, new Set());
        targets.get(c)!.add(arc!.to);
      }
    }
    const row = new Int32Array(classes).fill(-1);
    for (const [c, nodes] of targets) row[c] = stateOf(nodes);
    rows.push(row);
  }
  const next = new Int32Array(rows.length * classes);
  rows.forEach((row, state) => next.set(row, state * classes));
  const accepting = Uint8Array.from(subsets, (subset) => (subset.includes(nfa.end) ? 1 : 0));
  return minimise({ classOf, classes, states: rows.length, next, start: 0, accepting });
}
