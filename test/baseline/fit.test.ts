import { expect } from 'chai';
import { compileExpression, latticeOf, one, overSequences, repeat, sequence, wordIds } from '../../lib/automaton/index.js';
import { fitOf } from '../../lib/baseline/fit.js';
import { sequenceFactors } from '../../lib/guide/factors.js';
import { toTokenIds } from '../../lib/text/token-ids.js';
import { B, C, vocabulary } from './word-model.js';

const PLACES = 7;
const canvas = (words: string) => toTokenIds(words.split(' '), vocabulary, PLACES)!;
const anything = repeat(one(wordIds(vocabulary)), 0);

describe('the fit of a text to a constraint', () => {
  it('is the sum of the log-factors, less 10 nats per forbidden position', () => {
    const factors = sequenceFactors(PLACES, vocabulary);
    factors[1 * vocabulary.size + B] = -0.5;
    factors[2 * vocabulary.size + C] = -Infinity;
    expect(fitOf(canvas('a a'), { factors })).to.equal(0);
    expect(fitOf(canvas('b a'), { factors })).to.equal(-0.5);
    expect(fitOf(canvas('b c'), { factors })).to.equal(-10.5);
  });

  it('counts, for an automaton, the positions that differ from the nearest accepted text', () => {
    const automaton = compileExpression(sequence(anything, one([B]), one([C]), anything), vocabulary.size);
    const factors = sequenceFactors(PLACES, vocabulary);
    const constraint = { factors, lattice: latticeOf(overSequences(automaton, vocabulary), factors) };
    expect(fitOf(canvas('a b c a'), constraint)).to.equal(0);
    expect(fitOf(canvas('a b a'), constraint)).to.equal(-10);
    expect(fitOf(canvas('a a a'), constraint)).to.equal(-20);
    expect(fitOf(canvas('a'), constraint)).to.equal(-30); // END and a PAD must change: b c END
  });
});
