/** Context-free grammars over words. Takes rules in EBNF; gives their syntax and what is wrong with them; knows nothing of tokens and automata. Word regexes share its reader of repetitions and classes. */
export { leavesOfExpression, ruleProblems } from './grammar-problems.js';
export { type Grammar, type GrammarExpression, type GrammarRule, type GrammarTerminal, parseGrammar } from './grammar.js';
