import { expect } from 'chai';
import fc from 'fast-check';
import { accepts, emptiness, fromUnary, intersect, overSequences, shortest, wordIds } from '../../lib/automaton/index.js';
import { toTokenIds } from '../../lib/text/token-ids.js';
import { vocabularyOf } from '../../lib/text/vocabulary.js';
import { automata, sequences } from './helpers.js';

const vocabulary = vocabularyOf(['moss', 'fern']);
const { size, start, end, pad } = vocabulary;
const words = wordIds(vocabulary);
const L = 5;
const canvases = sequences(size, L).filter((canvas) => canvas.length === L);
const textsOf = (length: number) => sequences(words.length, length).map((text) => text.map((w) => words[w]!));
const canvasOf = (text: readonly number[]) => [
  ...toTokenIds(
    text.map((id) => vocabulary.tokens[id]!),
    vocabulary,
    L,
  )!,
];

describe('automata on padded sequences', () => {
  it('accept START, an accepted text, END and PAD, and nothing else', () => {
    fc.assert(
      fc.property(automata(size), (automaton) => {
        const wrapped = overSequences(automaton, vocabulary);
        const expected = textsOf(L - 2)
          .filter((text) => accepts(automaton, text))
          .map((text) => canvasOf(text).join());
        const accepted = canvases.filter((canvas) => accepts(wrapped, canvas)).map((canvas) => canvas.join());
        expect(accepted.sort()).to.deep.equal(expected.sort());
      }),
      { numRuns: 30 },
    );
  });

  it('give hard constraints on positions', () => {
    const factor = fc.constantFrom(0, 0, -0.5, -Infinity);
    fc.assert(
      fc.property(fc.array(factor, { minLength: L * size, maxLength: L * size }), (values) => {
        const logUnary = Float32Array.from(values);
        const automaton = fromUnary(logUnary, vocabulary);
        for (const text of textsOf(L - 2)) {
          const holds = canvasOf(text).every((id, i) => logUnary[i * size + id] !== -Infinity);
          expect(accepts(automaton, text), `${text}`).to.equal(holds);
        }
      }),
    );
  });

  it('say why no text is left, and only then', () => {
    const factor = fc.constantFrom(0, 0, 0, -Infinity);
    const facts = fc.array(factor, { minLength: L * size, maxLength: L * size }).map((values) => Float32Array.from(values));
    const seen = new Set<string>();
    fc.assert(
      fc.property(automata(size), facts, (automaton, factors) => {
        const left = textsOf(L - 2).some(
          (text) => accepts(automaton, text) && canvasOf(text).every((id, i) => factors[i * size + id] === 0),
        );
        const reason = emptiness(overSequences(automaton, vocabulary), factors);
        expect(reason === undefined).to.equal(left);
        if (reason) seen.add(reason.kind);
        if (reason?.kind === 'none') expect(textsOf(6).some((text) => accepts(automaton, text))).to.equal(false);
        if (reason?.kind === 'too-long') expect(reason.shortest).to.be.above(L - 2);
        if (reason?.kind === 'stuck')
          reason.wanted.forEach((id) => (reason.position < L - 1 ? expect(factors[reason.position * size + id]).to.equal(-Infinity) : undefined)); // prettier-ignore
      }),
      { numRuns: 300 },
    );
    expect([...seen].sort()).to.include.members(['none', 'stuck']);
  });

  it('name the shortest text if it is too long', () => {
    const any = new Float32Array(9 * size);
    const exactly = (n: number) => {
      const factors = new Float32Array(9 * size);
      for (let i = 1; i < 9; i++)
        for (let v = 0; v < size; v++)
          if (v !== start && (i <= n ? v === end || v === pad : v !== (i === n + 1 ? end : pad)))
            factors[i * size + v] = -Infinity;
      return fromUnary(factors, vocabulary);
    };
    expect(shortest(exactly(4))).to.equal(4);
    expect(emptiness(overSequences(exactly(4), vocabulary), any.subarray(0, 5 * size))).to.deep.equal({
      kind: 'too-long',
      shortest: 4,
    });
    expect(emptiness(overSequences(intersect(exactly(4), exactly(3)), vocabulary), any)).to.deep.equal({ kind: 'none' });
  });
});
