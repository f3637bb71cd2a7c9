import { expect } from 'chai';
import {
  accepts,
  type Automaton,
  choice,
  compileExpression,
  latticeOf,
  one,
  overSequences,
  repeat,
  sequence,
  type TokenRegex,
  wordIds,
} from '../../lib/automaton/index.js';
import { keyOf, split } from '../../lib/base/random.js';
import { acceptanceDistances, shareBeams } from '../../lib/decode/beam-banks.js';
import { beamSearch, type Search, tempered } from '../../lib/decode/beam-search.js';
import { sequenceFactors } from '../../lib/guide/factors.js';
import { A, allTexts, B, C, vocabulary, wordModel } from '../word-model.js';

const MAX_TOKENS = 6; // START, at most 4 words, END
const any = one(wordIds(vocabulary));
const compile = (...parts: TokenRegex[]) => compileExpression(sequence(...parts), vocabulary.size);
const anything = compile(repeat(any, 0));
/** The text contains a c and ends with a b. */
const constrained = compile(repeat(any, 0), one([C]), repeat(any, 0), one([B]));

const searchFor = (automaton: Automaton, more: Partial<Search> = {}): Search => {
  const factors = sequenceFactors(MAX_TOKENS, vocabulary);
  return { factors, lattice: latticeOf(overSequences(automaton, vocabulary), factors), wanted: 1, ...more };
};

function search(searches: readonly Search[], width: number, temperature = 1) {
  const decoder = wordModel(MAX_TOKENS).beamDecoder(Math.min(2, searches.length), width);
  return beamSearch(decoder, vocabulary, searches, { width, scoresOf: tempered(temperature) });
}

const wordsOf = (ids: Int32Array): number[] => [...ids.subarray(1, ids.indexOf(vocabulary.end))];
const accepted = (automaton: Automaton) =>
  allTexts(MAX_TOKENS - 2)
    .filter(({ tokens }) => accepts(automaton, tokens.slice(0, -1)))
    .sort((a, b) => b.p - a.p);

describe('beam search under an automaton', () => {
  it('finds the most likely accepted texts in order if its width covers all prefixes', async () => {
    const [found] = await search([searchFor(constrained, { wanted: 5 })], 200);
    const best = accepted(constrained).slice(0, 5);
    expect(found!.map(({ ids }) => wordsOf(ids))).to.deep.equal(best.map(({ tokens }) => tokens.slice(0, -1)));
    found!.forEach(({ score }, i) => expect(score).to.be.closeTo(Math.log(best[i]!.p), 1e-5));
  });

  it('finds an accepted text at any width, with the required words in it', async () => {
    for (let width = 1; width <= 4; width++) {
      const [found] = await search([searchFor(constrained)], width);
      expect(accepts(constrained, wordsOf(found![0]!.ids))).to.equal(true);
    }
  });

  it('drops prefixes that cannot be completed, however likely they are', async () => {
    for (const dead of [A, B]) {
      const alive = dead === A ? B : A;
      const both = searchFor(
        compileExpression(choice(sequence(one([A]), one([A])), sequence(one([B]), one([B]))), vocabulary.size),
      );
      const { factors } = both;
      factors[2 * vocabulary.size + dead] = -Infinity;
      const [found] = await search([{ ...both, lattice: latticeOf(both.lattice.automaton, factors) }], 1);
      expect(wordsOf(found![0]!.ids)).to.deep.equal([alive, alive]);
    }
  });

  it('divides the beams among distances from acceptance, the nearest first', () => {
    const beams = [
      { rank: -1, distance: 2 },
      { rank: -2, distance: 2 },
      { rank: -3, distance: 1 },
      { rank: -9, distance: 0 },
      { rank: -8, distance: 0 },
    ];
    const kept = (width: number) => shareBeams(beams, width, ({ distance }) => distance).map(({ rank }) => rank);
    expect(kept(1)).to.deep.equal([-8]);
    expect(kept(3)).to.deep.equal([-8, -3, -1]);
    expect(kept(4)).to.deep.equal([-8, -3, -1, -9]);
    expect(kept(9)).to.have.members([-1, -2, -3, -8, -9]);
  });

  it('draws by the probabilities to the power of 1 / temperature, normalised', () => {
    const probs = [0.1, 0.2, 0.7];
    for (const temperature of [0.5, 1, 2]) {
      const powers = probs.map((p) => p ** (1 / temperature));
      const sum = powers.reduce((a, b) => a + b);
      const scores = tempered(temperature)(Float32Array.from(probs, Math.log));
      scores.forEach((score, i) => expect(Math.exp(score)).to.be.closeTo(powers[i]! / sum, 1e-6));
    }
    expect([...tempered(1)(Float32Array.of(0, -Infinity))]).to.deep.equal([0, -100]); // every allowed token keeps a chance
  });

  it('knows the distance of each state from acceptance, in tokens', () => {
    const automaton = compile(repeat(any, 0), one([C]), one([B]));
    const after = (...tokens: number[]) =>
      acceptanceDistances(automaton)[
        tokens.reduce((state, id) => automaton.next[state * automaton.classes + automaton.classOf[id]!]!, automaton.start)
      ];
    expect([after(), after(A), after(C), after(C, B), after(C, B, A)]).to.deep.equal([2, 2, 1, 0, 2]);
  });

  it('gives each of several batched searches the result that it has alone', async () => {
    const searches = [searchFor(constrained), searchFor(anything), searchFor(compile(one([A]), any))];
    const together = await search(searches, 3);
    for (const [i, own] of searches.entries()) expect(together[i]).to.deep.equal((await search([own], 3))[0]);
  });

  it('adds finite factors to the score', async () => {
    const liking = searchFor(anything);
    for (let position = 1; position < MAX_TOKENS; position++) liking.factors[position * vocabulary.size + A]! -= 0.7 * position;
    const worth = (tokens: readonly number[]) => tokens.reduce((sum, id, i) => sum - (id === A ? 0.7 * (i + 1) : 0), 0);
    const texts = allTexts(MAX_TOKENS - 2).map(({ tokens, p }) => ({ tokens, score: Math.log(p) + worth(tokens) }));
    const best = texts.reduce((a, b) => (b.score > a.score ? b : a));
    const [found] = await search([liking], 200);
    expect(found![0]!.score).to.be.closeTo(best.score, 1e-5);
    expect(wordsOf(found![0]!.ids)).to.deep.equal(best.tokens.slice(0, -1));
  });

  it('samples accepted texts without replacement, by their probability under the model', async () => {
    const draws = 300;
    const counts = new Map<string, number>();
    const texts = accepted(constrained);
    for (let i = 0; i < draws; i++) {
      const [found] = await search([searchFor(constrained, { wanted: 2, key: split(keyOf(1), i) })], 30);
      const [first, second] = found!.map(({ ids }) => wordsOf(ids).join());
      expect(first).not.to.equal(second);
      counts.set(first!, (counts.get(first!) ?? 0) + 1);
    }
    const total = texts.reduce((sum, { p }) => sum + p, 0);
    for (const { tokens, p } of texts.slice(0, 3)) {
      const expected = p / total;
      const share = (counts.get(tokens.slice(0, -1).join()) ?? 0) / draws;
      expect(share).to.be.closeTo(expected, 4 * Math.sqrt((expected * (1 - expected)) / draws));
    }
  }).timeout(20_000);

  it('gives the same texts for the same key, and others for another key', async () => {
    const drawn = async (seed: number) => {
      const [found] = await search([searchFor(anything, { wanted: 6, key: keyOf(seed) })], 8);
      return found!.map(({ ids }) => wordsOf(ids).join());
    };
    expect(await drawn(1)).to.deep.equal(await drawn(1));
    expect(await drawn(1)).not.to.deep.equal(await drawn(2));
  });
});
