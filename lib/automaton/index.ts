/** Automata over tokens. Takes token expressions and log-factors; gives automata, marginals and best sequences; knows nothing of what the tokens stand for. */
export { accepts, type Automaton, MAX_STATES, shortest } from './automaton.js';
export { complement, intersect, union } from './combine.js';
export { compileGrammar, type GrammarBounds } from './compile-grammar.js';
export { compileExpression } from './compile.js';
export { emptiness, type Emptiness } from './emptiness.js';
export { type Lattice, latticeOf } from './lattice.js';
export { automatonOfMachine, type Machine } from './machine.js';
export { marginals } from './marginals.js';
export { minimise } from './minimise.js';
export { fromUnary, overSequences, wordIds } from './sequences.js';
export { productionsOf } from './token-grammar.js';
export { choice, one, repeat, sequence, type TokenRegex, tokenRegexOf, type WordMeanings } from './token-regex.js';
export { bestSequence } from './viterbi.js';
