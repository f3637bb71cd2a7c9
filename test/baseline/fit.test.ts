import { expect } from 'chai';
import { compileExpression, latticeOf, one, overSequences, repeat, sequence, wordIds } from '../../lib/automaton/index.js';
import { fitOf } from '../../lib/baseline/fit.js';
import { sequenceFactors } from '../../lib/guide/factors.js';
import { toTokenIds } from '../../lib/text/token-ids.js';
import { B, C, vocabulary } from '../word-model.js';

const MAX_TOKENS = 7;
const idsOf = (words: string) => toTokenIds(words.split(' '), vocabulary, MAX_TOKENS)!;
const anything = repeat(one(wordIds(vocabulary)), 0);

describe('the fit of a text to a constraint', () => {
  it('is the sum of the log-factors, less 10 nats per forbidden position', () => {
    const factors = sequenceFactors(MAX_TOKENS, vocabulary);
    factors[1 * vocabulary.size + B] = -0.5;
    factors[2 * vocabulary.size + C] = -Infinity;
    expect(fitOf(idsOf('a a'), { factors })).to.equal(0);
    expect(fitOf(idsOf('b a'), { factors })).to.equal(-0.5);
    expect(fitOf(idsOf('b c'), { factors })).to.equal(-10.5);
  });

  it('counts, for an automaton, the positions that differ from the nearest accepted text', () => {
    const automaton = compileExpression(sequence(anything, one([B]), one([C]), anything), vocabulary.size);
    const factors = sequenceFactors(MAX_TOKENS, vocabulary);
    const constraint = { factors, lattice: latticeOf(overSequences(automaton, vocabulary), factors) };
    expect(fitOf(idsOf('a b c a'), constraint)).to.equal(0);
    expect(fitOf(idsOf('a b a'), constraint)).to.equal(-10);
    expect(fitOf(idsOf('a a a'), constraint)).to.equal(-20);
    expect(fitOf(idsOf('a'), constraint)).to.equal(-30); // END and a PAD must change: b c END
  });
});
