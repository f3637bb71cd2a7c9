import { expect } from 'chai';
import fc from 'fast-check';
import {
  accepts,
  choice,
  compileExpression,
  latticeOf,
  one,
  overSequences,
  repeat,
  sequence,
  wordIds,
} from '../../lib/automaton/index.js';
import { keyOf, split, uniform } from '../../lib/base/random.js';
import { searchSpace, type SearchSpace } from '../../lib/decode/beam-search.js';
import { decodeJointly, jointFactors } from '../../lib/decode/joint.js';
import { leastGains } from '../../lib/decode/least-gains.js';
import { speaking } from '../../lib/decode/next-words.js';
import { sequenceFactors } from '../../lib/guide/factors.js';
import { vocabularyOf, vocabularyWith } from '../../lib/text/vocabulary.js';
import { standInModel } from '../stand-in-language-model.js';
import { A, allTexts, B, C, nextProbs, vocabulary, wordModel } from '../word-model.js';

const L = 6; // START, at most 4 words, END
const { size, pad, unk, start, end } = vocabulary;
const factors = sequenceFactors(L, vocabulary);
const anything = searchSpace({ factors }, vocabulary);
const any = one(wordIds(vocabulary));
const threeWords = overSequences(compileExpression(sequence(any, any, any), size), vocabulary);
const longer = searchSpace({ factors, lattice: latticeOf(threeWords, factors) }, vocabulary);
const model = wordModel(L);

/** Random token probabilities, [L, V], some of them near 0. */
function randomProbs(seed: number, sharpness = 4): Float32Array {
  const draws = uniform(split(keyOf(seed), 'probs'), L * size);
  const weights = draws.map((u) => Math.exp(-sharpness * 5 * u));
  return Float32Array.from(weights, (weight, at) => {
    const row = weights.subarray(Math.floor(at / size) * size, (Math.floor(at / size) + 1) * size);
    return weight / row.reduce((a, b) => a + b);
  });
}

/** The objective, position by position over the whole sequence. @param tokens END last */
function objective(probs: Float32Array, tokens: readonly number[], logProb: number, weight: number): number {
  const sequence = Array.from({ length: L - 1 }, (_, i) => tokens[i] ?? pad);
  const ofStep = sequence.reduce((sum, id, i) => sum + Math.max(Math.log(probs[(i + 1) * size + id]!), -20), 0);
  return ofStep + weight * logProb;
}

const find = async (probs: Float32Array, space: SearchSpace, weight = 1, width = 200) =>
  (await decodeJointly(model, [{ probs, space }], { width, weight }))[0]!;
const tokensOf = (ids: Int32Array): number[] => [...ids.subarray(1, ids.indexOf(end) + 1)];

describe('joint decoding', () => {
  it('finds the best of all texts under both models if its beams cover all prefixes', () =>
    fc.assert(
      fc.asyncProperty(fc.nat(1e6), fc.constantFrom(0, 0.5, 1, 3), async (seed, weight) => {
        const probs = randomProbs(seed);
        const worth = ({ tokens, p }: { tokens: readonly number[]; p: number }) => objective(probs, tokens, Math.log(p), weight);
        const texts = allTexts(L - 2).filter(({ tokens }) => tokens.length > 1);
        const best = texts.reduce((a, b) => (worth(b) > worth(a) ? b : a));
        const { ids, score, gains } = await find(probs, anything, weight);
        expect(score).to.be.closeTo(worth(best), 1e-3);
        expect(tokensOf(ids)).to.deep.equal(best.tokens);
        expect(gains).to.have.length(best.tokens.length);
        expect(gains.reduce((a, b) => a + b)).to.be.closeTo(score, 1e-3);
      }),
      { numRuns: 40 },
    ));

  it('squares the costs of the language model, token by token', () =>
    fc.assert(
      fc.asyncProperty(fc.nat(1e6), fc.constantFrom(0.5, 2, 8), async (seed, pivot) => {
        const probs = randomProbs(seed);
        const texts = allTexts(L - 2).filter(({ tokens }) => tokens.length > 1);
        const squared = (tokens: readonly number[]) =>
          tokens.reduce((sum, id, i) => sum + Math.log(nextProbs(tokens.slice(0, i))[id]!) ** 2 / pivot, 0);
        const worths = texts.map(({ tokens }) => objective(probs, tokens, 0, 1) - squared(tokens));
        const best = worths.indexOf(Math.max(...worths));
        const [found] = await decodeJointly(model, [{ probs, space: anything }], { width: 200, weight: 1, pivot });
        expect(tokensOf(found!.ids)).to.deep.equal(texts[best]!.tokens);
        expect(found!.score).to.be.closeTo(worths[best]!, 1e-3);
      }),
      { numRuns: 40 },
    ));

  it('adds a share of the surprisals to what it looks for, and leaves it out of the gains', () =>
    fc.assert(
      fc.asyncProperty(fc.nat(1e6), fc.constantFrom(0.4, 1), async (seed, prior) => {
        const probs = randomProbs(seed);
        const surprisals = Float32Array.from({ length: size }, (_, id) => (id >= A ? 3 * ((seed + id * id) % 5) - 6 : 0));
        const extra = (tokens: readonly number[]) => tokens.reduce((sum, id) => sum + prior * surprisals[id]!, 0);
        const worth = ({ tokens, p }: { tokens: readonly number[]; p: number }) =>
          objective(probs, tokens, Math.log(p), 2) + extra(tokens);
        const texts = allTexts(L - 2).filter(({ tokens }) => tokens.length > 1);
        const best = texts.reduce((a, b) => (worth(b) > worth(a) ? b : a));
        const [found] = await decodeJointly(model, [{ probs, space: anything }], { width: 200, weight: 2, surprisals, prior });
        expect(tokensOf(found!.ids)).to.deep.equal(best.tokens);
        expect(found!.score).to.be.closeTo(worth(best), 1e-3);
        expect(found!.gains.reduce((a, b) => a + b)).to.be.closeTo(worth(best) - extra(best.tokens), 1e-3);
      }),
      { numRuns: 40 },
    ));

  it('takes a share of the surprisals off those of the language model, in its scores and gains, down to 0', () =>
    fc.assert(
      fc.asyncProperty(fc.nat(1e6), fc.constantFrom(0.3, 1), fc.constantFrom(undefined, 2), async (seed, rarity, pivot) => {
        const probs = randomProbs(seed);
        const surprisals = Float32Array.from({ length: size }, (_, id) => (id >= A ? ((seed + id * id) % 5) - 2 : 0));
        const costOf = (id: number, before: readonly number[]) => {
          const s = Math.max(0, -Math.log(nextProbs(before)[id]!) - rarity * surprisals[id]!);
          return pivot === undefined ? s : s ** 2 / pivot;
        };
        const texts = allTexts(L - 2).filter(({ tokens }) => tokens.length > 1);
        const worths = texts.map(({ tokens }) =>
          tokens.reduce((worth, id, i) => worth - 2 * costOf(id, tokens.slice(0, i)), objective(probs, tokens, 0, 1)),
        );
        const best = worths.indexOf(Math.max(...worths));
        const options = { width: 200, weight: 2, pivot, surprisals, rarity };
        const [found] = await decodeJointly(model, [{ probs, space: anything }], options);
        expect(tokensOf(found!.ids)).to.deep.equal(texts[best]!.tokens);
        expect(found!.score).to.be.closeTo(worths[best]!, 1e-3);
        expect(found!.gains.reduce((a, b) => a + b)).to.be.closeTo(worths[best]!, 1e-3);
      }),
      { numRuns: 40 },
    ));

  it('takes the cost of an echo off for each earlier occurrence of a word, of frequent words only side by side', () =>
    fc.assert(
      fc.asyncProperty(fc.nat(1e6), fc.constantFrom(0.7, 3), fc.boolean(), async (seed, echo, areRare) => {
        const probs = randomProbs(seed);
        const surprisals = Float32Array.from({ length: size }, (_, id) => (id === A ? -1 : id >= A && areRare ? 1 : 0));
        const echoesOf = (id: number, before: readonly number[]) =>
          before.filter((other, i) => other === id && (i === before.length - 1 || surprisals[id]! > 0)).length;
        const texts = allTexts(L - 2).filter(({ tokens }) => tokens.length > 1);
        const worths = texts.map(({ tokens, p }) =>
          tokens.reduce(
            (worth, id, i) => worth - echo * echoesOf(id, tokens.slice(0, i)),
            objective(probs, tokens, Math.log(p), 1),
          ),
        );
        const best = worths.indexOf(Math.max(...worths));
        const [found] = await decodeJointly(model, [{ probs, space: anything }], { width: 200, weight: 1, surprisals, echo });
        expect(tokensOf(found!.ids)).to.deep.equal(texts[best]!.tokens);
        expect(found!.score).to.be.closeTo(worths[best]!, 1e-3);
        expect(found!.gains.reduce((a, b) => a + b)).to.be.closeTo(worths[best]!, 1e-3);
      }),
      { numRuns: 40 },
    ));

  it('finds the best of the texts whose least gains sum to more than a bound, and none if there is none', () =>
    fc.assert(
      fc.asyncProperty(fc.nat(1e6), fc.double({ min: -40, max: 0, noNaN: true }), fc.boolean(), async (seed, above, isExtra) => {
        const probs = randomProbs(seed);
        const surprisals = Float32Array.from({ length: size }, (_, id) => (isExtra && id >= A ? 2 * (id - A) - 1 : 0));
        const factors = jointFactors(probs, anything.factors, vocabulary, 1);
        const texts = allTexts(L - 2).filter(({ tokens }) => tokens.length > 1);
        const ofText = texts.map(({ tokens }) => {
          const gains = tokens.map((id, i) => factors[(i + 1) * size + id]! + Math.log(nextProbs(tokens.slice(0, i))[id]!));
          const extra = tokens.reduce((sum, id) => sum + surprisals[id]!, 0);
          const least = [...gains].sort((a, b) => a - b).slice(0, 3).reduce((a, b) => a + b); // prettier-ignore
          return { tokens, least, worth: gains.reduce((a, b) => a + b) + extra };
        });
        fc.pre(ofText.every(({ least }) => Math.abs(least - above) > 1e-3));
        const wanted = ofText.filter(({ least }) => least > above).sort((a, b) => b.worth - a.worth);
        const options = { width: 200, weight: 1, ...(isExtra && { surprisals, prior: 1 }) };
        const [found] = await decodeJointly(model, [{ probs, space: anything, above }], options);
        expect(found && tokensOf(found.ids)).to.deep.equal(wanted[0]?.tokens);
      }),
      { numRuns: 60 },
    ));

  it('ends a text where the step says that it ends, not where a language model would', async () => {
    const short = standInModel(vocabulary, L, (next, prefix) =>
      next === end ? (prefix.length > 0 ? 1 : 0) : next >= A ? 0.01 : 0,
    );
    const probs = new Float32Array(L * size).fill(1e-9);
    [start, A, B, C, A, end].forEach((id, i) => (probs[i * size + id] = 1));
    const [found] = await decodeJointly(short, [{ probs, space: anything }], { width: 8, weight: 1 });
    expect(tokensOf(found!.ids)).to.deep.equal([A, B, C, A, end]);
  });

  it('gives no UNK, START or PAD inside a text, and an empty text only if nothing else is allowed', async () => {
    const probs = new Float32Array(L * size).fill(1e-6);
    for (let i = 0; i < L; i++) for (const id of [unk, start, pad, end]) probs[i * size + id] = 0.25;
    const { ids } = await find(probs, anything);
    expect(tokensOf(ids)).to.have.length(2);
    expect(tokensOf(ids)[0]).to.be.within(A, C);
    const empty = overSequences(compileExpression(sequence(), size), vocabulary);
    expect(
      tokensOf((await find(probs, searchSpace({ factors, lattice: latticeOf(empty, factors) }, vocabulary))).ids),
    ).to.deep.equal([end]);
  });

  it('gives only texts that the automaton accepts, at any width and however unlikely they are', () => {
    const word = fc.constantFrom(
      one([A]),
      one([B]),
      one([C]),
      any,
      choice(one([A]), sequence(one([B]), one([C]))),
      repeat(any, 0, 2),
    );
    return fc.assert(
      fc.asyncProperty(
        fc.array(word, { minLength: 1, maxLength: 3 }),
        fc.nat(1e6),
        fc.integer({ min: 1, max: 3 }),
        async (parts, seed, width) => {
          const automaton = compileExpression(sequence(...parts), size);
          const lattice = latticeOf(overSequences(automaton, vocabulary), factors);
          fc.pre(!lattice.isEmpty);
          const { ids } = await find(randomProbs(seed, 20), searchSpace({ factors, lattice }, vocabulary), 1, width);
          expect(accepts(automaton, tokensOf(ids).slice(0, -1))).to.equal(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('scores END with all PAD that follows it, and adds what guides say of each token once more for each unit of weight above 1', () => {
    const probs = randomProbs(7); // of seven tokens, as in another vocabulary of that size
    const own = Float32Array.from(probs, (_, at) => (at % 11 === 0 ? -Infinity : -(at % 3)));
    const other = vocabularyWith(['a', 'b', 'c', 'PAD', 'UNK', 'START', 'END'], { pad: 3, unk: 4, start: 5, end: 6 });
    for (const weight of [0.5, 1, 2.5]) {
      const joint = jointFactors(probs, own, other, weight);
      for (let at = 0; at < L * size; at++) {
        const [position, id] = [Math.floor(at / size), at % size];
        const later = Array.from({ length: L - 1 - position }, (_, i) => Math.log(probs[(position + 1 + i) * size + other.pad]!));
        const padded = id === other.end ? later.reduce((sum, nats) => sum + Math.max(nats, -20), 0) : 0;
        const logProb = Math.max(Math.log(probs[at]!), -20) + Math.max(0, weight - 1) * own[at]! + padded;
        const expected = id === other.pad ? own[at]! : own[at] === -Infinity ? -Infinity : logProb;
        if (expected === -Infinity) expect(joint[at], `at ${at}`).to.equal(-Infinity);
        else expect(joint[at], `at ${at}`).to.be.closeTo(expected, 1e-3);
      }
    }
  });

  it('gives each of many texts the result that it has alone', async () => {
    const requests = Array.from({ length: 70 }, (_, seed) => ({
      probs: randomProbs(seed),
      space: seed % 2 === 0 ? anything : longer, // the longer ones are begun first
      above: -1e6,
    }));
    const together = await decodeJointly(model, requests, { width: 2, weight: 1 }); // 32 at a time
    for (const [i, request] of requests.entries())
      expect(together[i]).to.deep.equal((await decodeJointly(model, [request], { width: 2, weight: 1 }))[0]);
  });

  it('tells the doubtful texts by their three least likely tokens', () => {
    expect(leastGains({ gains: [-1, -9, -2, -3] })).to.equal(-14);
    expect(leastGains({ gains: [-1, -9, -2, -3, -4, -0.5] })).to.equal(-16);
    expect(leastGains({ gains: [-1, -2] })).to.equal(-3);
  });
});

describe('a language model that lacks words', () => {
  it('may have a word at any id, also at 0', async () => {
    const tokens = ['a', 'c', 'PAD', 'UNK', 'START', 'END'];
    const other = vocabularyWith(tokens, { pad: 2, unk: 3, start: 4, end: 5 });
    const weights = new Map([[other.id('a')!, 4], [other.id('c')!, 1], [other.unk, 2], [other.end, 1]]); // prettier-ignore
    const theirs = standInModel(other, L, (next) => weights.get(next) ?? 0);
    const run = vocabularyOf(['a', 'b', 'c', 'd']); // b and d share UNK
    const [beams] = await speaking(theirs, run, { unknown: true })
      .beamDecoder(1, 1)
      .next([[{ token: run.start, from: 0 }]]);
    const p = (word: string) => Math.exp(beams![0]![run.id(word)!]!);
    for (const [word, expected] of [
      ['a', 4 / 8],
      ['b', 1 / 8],
      ['c', 1 / 8],
      ['d', 1 / 8],
    ] as const)
      expect(p(word), word).to.be.closeTo(expected, 1e-6);
  });

  it('divides the probability of UNK among them if they may be written', async () => {
    const other = vocabularyOf(['c', 'x', 'a', 'y']); // b is unknown to it, x and y to the model of the run
    const weights = new Map([[other.unk, 3], [other.end, 2], [other.id('c')!, 4], [other.id('x')!, 50], [other.id('a')!, 1]]); // prettier-ignore
    const theirs = standInModel(other, L, (next) => weights.get(next) ?? 0);
    const run = vocabularyOf(['a', 'b', 'c', 'd']); // b and d share UNK
    const [logProbs] = (await speaking(theirs, run, { unknown: true }).beamDecoder(1, 1).next([[{ token: run.start, from: 0 }]]))[0]!.map((row) => row); // prettier-ignore
    const probs = Array.from(logProbs!, Math.exp);
    const expected = { [run.end]: 2, [run.id('a')!]: 1, [run.id('b')!]: 1.5, [run.id('c')!]: 4, [run.id('d')!]: 1.5 };
    probs.forEach((p, id) => expect(p, run.tokens[id]).to.be.closeTo((expected[id] ?? 0) / 10, 1e-6));
  });
});
