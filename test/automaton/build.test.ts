import { expect } from 'chai';
import fc from 'fast-check';
import {
  accepts,
  type Automaton,
  automatonOfMachine,
  choice,
  compileExpression,
  complement,
  intersect,
  MAX_STATES,
  minimise,
  one,
  repeat,
  sequence,
  shortest,
  type TokenRegex,
  union,
} from '../../lib/automaton/index.js';
import { InputError } from '../../lib/base/errors.js';
import { vocabularyOf } from '../../lib/text/vocabulary.js';
import { errorOf } from '../text/helpers.js';
import { automata, expressions, matches, sequences } from './helpers.js';

const SIZE = 3;
const texts = sequences(SIZE, 5);

/** Returns the number of states by the Myhill-Nerode theorem, for at most four states: suffixes of at most three tokens distinguish any two. */
function neededStates(automaton: Automaton): number {
  const { classes, next, classOf } = automaton;
  const runFrom = (state: number, text: readonly number[]) => {
    let at = state;
    for (const token of text) at = at < 0 ? -1 : next[at * classes + classOf[token]!]!;
    return at;
  };
  const reached = new Set(texts.map((text) => runFrom(automaton.start, text)).filter((state) => state >= 0));
  const rests = [...reached].map((state) => sequences(SIZE, 4).map((rest) => automaton.accepting[runFrom(state, rest)] ?? 0).join('')); // prettier-ignore
  return Math.max(1, new Set(rests.filter((rest) => rest.includes('1'))).size);
}

describe('automata', () => {
  it('of expressions accept what a backtracking matcher accepts', () => {
    fc.assert(
      fc.property(expressions(SIZE), (expression) => {
        const automaton = compileExpression(expression, SIZE);
        for (const text of sequences(SIZE, 4)) expect(accepts(automaton, text), `${text}`).to.equal(matches(expression, text));
      }),
      { numRuns: 300 },
    );
  });

  it('combine as sets do: intersection, union, complement', () => {
    fc.assert(
      fc.property(automata(SIZE), automata(SIZE), (a, b) => {
        const [both, either, neither] = [intersect(a, b), union(a, b), complement(union(a, b))];
        for (const text of texts) {
          const [inA, inB] = [accepts(a, text), accepts(b, text)];
          expect(accepts(both, text)).to.equal(inA && inB);
          expect(accepts(either, text)).to.equal(inA || inB);
          expect(accepts(neither, text)).to.equal(!inA && !inB);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('are minimised: the fewest states and classes that accept the same texts', () => {
    fc.assert(
      fc.property(automata(SIZE), (automaton) => {
        const small = minimise(automaton);
        for (const text of texts) expect(accepts(small, text)).to.equal(accepts(automaton, text));
        expect(small.states).to.equal(neededStates(automaton));
        const columns = Array.from({ length: small.classes }, (_, c) =>
          small.next.filter((_to, i) => i % small.classes === c).join(),
        );
        expect(new Set(columns).size).to.equal(small.classes);
      }),
      { numRuns: 300 },
    );
  });

  it('report their shortest text', () => {
    fc.assert(
      fc.property(automata(SIZE), (automaton) => {
        const lengths = texts.filter((text) => accepts(automaton, text)).map((text) => text.length);
        expect(shortest(automaton)).to.equal(lengths.length === 0 ? undefined : Math.min(...lengths));
      }),
    );
  });

  it('that would be too large are refused with a clear message', async () => {
    const any = one([0, 1]);
    const nineteenthFromTheEnd = sequence(repeat(any, 0), one([1]), repeat(any, 19, 19)); // 2^20 states
    expect(await errorOf(Promise.resolve().then(() => compileExpression(nineteenthFromTheEnd, 2)))).to.contain(
      'more than 20000 states',
    );
    const long = repeat(repeat(any, 1000, 1000), 1000, 1000);
    expect(await errorOf(Promise.resolve().then(() => compileExpression(long, 2)))).to.contain('too large');
  });

  it('may have as many states as the limit says, and no more', () => {
    const ofLength = (length: number) => compileExpression(repeat(one([0]), length, length), 1);
    expect(ofLength(MAX_STATES - 1).states).to.equal(MAX_STATES);
    expect(() => ofLength(MAX_STATES)).to.throw(InputError, /20,?000 states/);
  });

  it('of machines have a class for each kind of token that a text may have, and none of their tokens is lost', () => {
    const vocabulary = vocabularyOf(['a', 'b', 'c', 'd']);
    const rising = automatonOfMachine<number>(
      {
        start: [0],
        classOf: (token) => (vocabulary.tokens[token] === 'd' ? undefined : vocabulary.tokens[token]),
        next: (state, word) => ('abc'[state] === word ? [state + 1] : []),
        accepts: (state) => state === 3,
      },
      vocabulary,
    );
    const takes = (text: string) => accepts(rising, [...text].map((word) => vocabulary.id(word)!)); // prettier-ignore
    expect(['abc', 'ab', 'abb', 'abd', 'bbc', 'cbc', 'abcc'].map(takes)).to.deep.equal([
      true,
      false,
      false,
      false,
      false,
      false,
      false,
    ]);
    expect([rising.states, rising.classes]).to.deep.equal([4, 4]);
  });

  it('that would take long to build are refused before they do: nested counts, empty repetitions, many optional words', () => {
    const any = one([0, 1]);
    const optional = repeat(any, 0, 1);
    const nothing = (times: number) => (part: TokenRegex) => repeat(part, 0, times);
    const explosive: Record<string, TokenRegex> = {
      counts: repeat(repeat(any, 0, 1000), 0, 20),
      'counts of optional words': repeat(repeat(optional, 300, 300), 100, 100),
      'counts and lengths': repeat(repeat(any, 0, 300), 0, 150),
      'two halves': sequence(repeat(optional, 3000, 3000), one([0]), repeat(optional, 3000, 3000)),
      'empty repetitions': [nothing(1000), nothing(1000), nothing(90)].reduce<TokenRegex>((part, more) => more(part), sequence()),
      'empty sequences': repeat(repeat(repeat(sequence(), 1000, 1000), 1000, 1000), 1000, 1000),
    };
    for (const [name, expression] of Object.entries(explosive)) {
      const before = process.cpuUsage();
      expect(() => compileExpression(expression, 2), name).to.throw(InputError, /use smaller bounds/);
      const { user, system } = process.cpuUsage(before);
      expect(user + system, `${name}, microseconds`).to.be.below(5e6);
    }
  });

  it('of many alternatives between any words are built: most classes of words lead to the same states', () => {
    const phrases = (from: number) => Array.from({ length: 200 }, (_, i) => sequence(one([from + i]), one([from + i + 1])));
    const gap = repeat(one(Array.from({ length: 500 }, (_, i) => i)), 0);
    const automaton = compileExpression(sequence(choice(...phrases(0)), gap, choice(...phrases(250)), gap), 500);
    expect(accepts(automaton, [5, 6, 99, 260, 261, 3])).to.equal(true);
    expect(accepts(automaton, [5, 6, 99, 260, 262, 3])).to.equal(false);
  });
});
