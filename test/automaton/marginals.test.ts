import { expect } from 'chai';
import fc from 'fast-check';
import {
  accepts,
  type Automaton,
  bestSequence,
  compileExpression,
  latticeOf,
  marginals,
  one,
  repeat,
  sequence,
} from '../../lib/automaton/index.js';
import { setSums, spreadSets, sumSets } from '../../lib/automaton/set-sums.js';
import { automata, expressions, sequences } from './helpers.js';

const V = 4;
const L = 4;
const all = sequences(V, L).filter((text) => text.length === L);

/** Random probabilities and factors: a forbidden token has probability 0, an allowed one may have it. */
const tables = (least: number) =>
  fc
    .array(fc.tuple(fc.integer({ min: least, max: 1000 }), fc.boolean(), fc.boolean()), { minLength: L * V, maxLength: L * V })
    .map((cells) => {
      const forbidden = cells.map(([, a, b]) => a && b);
      const weights = cells.map(([weight], i) => (forbidden[i] ? 0 : weight));
      const sums = Array.from({ length: L }, (_, i) => weights.slice(i * V, (i + 1) * V).reduce((a, b) => a + b, 0));
      return {
        probs: Float32Array.from(weights, (weight, i) => weight / Math.max(1, sums[Math.floor(i / V)]!)),
        factors: Float32Array.from(forbidden, (is) => (is ? -Infinity : 0)),
      };
    });

type Table = { probs: Float32Array; factors: Float32Array };
const probOf = (text: readonly number[], { probs, factors }: Table) =>
  text.reduce((product, token, i) => product * (factors[i * V + token] === -Infinity ? 0 : probs[i * V + token]!), 1);

function bruteForce(automaton: Automaton, table: Table): { z: number; marginals: Float64Array } {
  const out = new Float64Array(L * V);
  let z = 0;
  for (const text of all) {
    if (!accepts(automaton, text)) continue;
    const p = probOf(text, table);
    z += p;
    text.forEach((token, i) => (out[i * V + token]! += p));
  }
  return { z, marginals: out.map((value) => value / z) };
}

const anyAutomaton = fc.oneof(
  automata(V),
  expressions(V).map((expression) => compileExpression(expression, V)),
);

describe('forward-backward', () => {
  it('gives the same marginals and log Z as a sum over all sequences', () => {
    fc.assert(
      fc.property(anyAutomaton, tables(1), (automaton, table) => {
        const lattice = latticeOf(automaton, table.factors);
        const expected = bruteForce(automaton, table);
        expect(lattice.isEmpty).to.equal(expected.z === 0);
        fc.pre(!lattice.isEmpty);
        const out = new Float32Array(L * V);
        expect(marginals(lattice, table.probs, out)).to.be.closeTo(Math.log(expected.z), 1e-5);
        out.forEach((p, i) => expect(p).to.be.closeTo(expected.marginals[i]!, 1e-5));
      }),
      { numRuns: 400 },
    );
  });

  it('may overwrite its input, and gives one distribution per position', () => {
    fc.assert(
      fc.property(anyAutomaton, tables(0), (automaton, { probs, factors }) => {
        const lattice = latticeOf(automaton, factors);
        fc.pre(!lattice.isEmpty);
        const apart = new Float32Array(L * V);
        marginals(lattice, probs, apart);
        marginals(lattice, probs, probs);
        expect(probs).to.deep.equal(apart);
        for (let i = 0; i < L; i++) expect(probs.subarray(i * V, (i + 1) * V).reduce((a, b) => a + b)).to.be.closeTo(1, 1e-5);
      }),
    );
  });

  it('is finite if the automaton needs tokens that the model rules out, also over long sequences', () => {
    const long = 120;
    const factors = new Float32Array(long * V);
    const probs = new Float32Array(long * V);
    for (let i = 0; i < long; i++) probs[i * V] = 1; // only token 0
    const phrase = sequence(
      repeat(one([0, 1, 2, 3]), 0),
      ...Array.from({ length: 110 }, (_, i) => one([1 + (i % 2)])),
      repeat(one([0]), 0),
    );
    const out = new Float32Array(long * V);
    const logZ = marginals(latticeOf(compileExpression(phrase, V), factors), probs, out);
    expect(Number.isFinite(logZ)).to.equal(true);
    for (let i = 0; i < long; i++) expect(out.subarray(i * V, (i + 1) * V).reduce((a, b) => a + b)).to.be.closeTo(1, 1e-4);
    expect(out[50 * V + 1]! + out[50 * V + 2]!).to.be.closeTo(1, 1e-4); // the phrase covers this position wherever it begins
  });

  it('keeps its precision where the probability of all accepted sequences together is far below the least number', () => {
    const length = 300; // 1e-4 for each position: 1e-1200 in all
    const automaton = compileExpression(repeat(one([0, 1]), length, length), 3);
    const probs = Float32Array.from({ length: 3 * length }, (_, i) => [2e-5, 8e-5, 1 - 1e-4][i % 3]!);
    const lattice = latticeOf(automaton, new Float32Array(3 * length));
    const out = new Float32Array(3 * length);
    expect(marginals(lattice, probs, out)).to.be.closeTo(length * Math.log(1e-4), 0.01);
    out.forEach((p, i) => expect(p, `at ${i}`).to.be.closeTo([0.2, 0.8, 0][i % 3]!, 1e-5));
  });

  it('sums over sets of classes as plain sums do', () => {
    const sets = fc.array(fc.uniqueArray(fc.nat(7), { minLength: 1, maxLength: 8 }).map((set) => Int32Array.from(set)), { minLength: 1, maxLength: 6 }); // prettier-ignore
    const value = fc.oneof(fc.constant(0), fc.double({ min: 1e-9, max: 1, noNaN: true }), fc.constant(1e12));
    fc.assert(
      fc.property(sets, fc.array(value, { minLength: 8, maxLength: 8 }), (list, values) => {
        const sums = setSums(list, 8);
        const out = new Float64Array(list.length);
        sumSets(sums, list, Float64Array.from(values), out);
        list.forEach((set, u) => {
          const plain = set.reduce((sum, c) => sum + values[c]!, 0);
          expect(out[u]).to.be.closeTo(plain, 1e-5 * plain);
        });
        const spread = new Float64Array(8);
        spreadSets(sums, list, Float64Array.from(values.slice(0, list.length)), spread);
        spread.forEach((got, c) => {
          const plain = list.reduce((sum, set, u) => sum + (set.includes(c) ? values[u]! : 0), 0);
          expect(got).to.be.closeTo(plain, 1e-9 + 1e-9 * plain);
        });
      }),
    );
  });
});

describe('Viterbi', () => {
  it('finds the most probable accepted sequence', () => {
    fc.assert(
      fc.property(anyAutomaton, tables(0), (automaton, table) => {
        const lattice = latticeOf(automaton, table.factors);
        fc.pre(!lattice.isEmpty);
        const best = [...bestSequence(lattice, table.probs, table.factors)];
        expect(accepts(automaton, best)).to.equal(true);
        expect(best.every((token, i) => table.factors[i * V + token] !== -Infinity)).to.equal(true);
        const most = Math.max(...all.filter((text) => accepts(automaton, text)).map((text) => probOf(text, table)));
        expect(probOf(best, table)).to.be.closeTo(most, 1e-9);
      }),
      { numRuns: 400 },
    );
  });
});
