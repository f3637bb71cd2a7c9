import { expect } from 'chai';
import { fudge, type ControlOdds } from '../../lib/baseline/fudge.js';
import { keyOf } from '../../lib/base/random.js';
import { A, allTexts, nextProbs, vocabulary } from '../word-model.js';

const WORDS = 3;
const texts = allTexts(WORDS);
/** The control: the text has an even number of words and begins with an a. */
const holds = ([first, ...rest]: readonly number[]) => first === A && rest.length % 2 === 0 && rest.length > 0;

/** p(prefix is the beginning of a text, control), by enumeration. */
function mass(prefix: readonly number[], wanted: (tokens: readonly number[]) => boolean): number {
  const begins = texts.filter(({ tokens }) => prefix.every((token, i) => tokens[i] === token));
  return begins.filter(({ tokens }) => wanted(tokens)).reduce((sum, { p }) => sum + p, 0);
}

/** A perfect discriminator: p(control | prefix and next) among texts of at most 3 words. */
const perfect: ControlOdds = (writing, candidates) =>
  Promise.resolve(
    writing.map(({ prefix }, i) =>
      Float32Array.from(candidates[i]!, (id) => {
        const all = mass([...prefix, id], () => true);
        return all === 0 ? -Infinity : Math.log(mass([...prefix, id], holds) / all);
      }),
    ),
  );

/** The language model, given that texts have at most 3 words. */
const boundedLogProbs = (prefix: readonly number[]): Float32Array =>
  Float32Array.from(nextProbs(prefix), (_, id) => Math.log(mass([...prefix, id], () => true) / mass(prefix, () => true)));

const writing = (prefix: readonly number[]) => ({ request: { target: 0, key: keyOf(1) }, prefix });

describe('FUDGE', () => {
  it('with a perfect discriminator is the language model conditioned on the control', async () => {
    const reweigh = fudge([perfect], { topK: 100, strength: 1 });
    const wanted = texts.filter(({ tokens }) => holds(tokens));
    const total = wanted.reduce((sum, { p }) => sum + p, 0);
    expect(wanted.length).to.equal(3 + 0 + 0); // a and one more word
    for (const { tokens, p } of wanted) {
      let found = 1;
      for (let i = 0; i < tokens.length; i++) {
        const prefix = tokens.slice(0, i);
        const [row] = await reweigh([writing(prefix)], [boundedLogProbs(prefix)]);
        const weights = Array.from(row!, Math.exp);
        found *= weights[tokens[i]!]! / weights.reduce((a, b) => a + b);
      }
      expect(found).to.be.closeTo(p / total, 1e-6);
    }
  });

  it('scores only the most likely tokens, and forbids all others', async () => {
    const asked: number[][] = [];
    const even: ControlOdds = (_, candidates) => {
      asked.push(...candidates.map((row) => [...row]));
      return Promise.resolve(candidates.map((row) => new Float32Array(row.length)));
    };
    const row = Float32Array.from([0, 0, 0, 0.1, 0.2, 0.4, 0.3], Math.log);
    const [reweighed] = await fudge([even], { topK: 2, strength: 1 })([writing([])], [row]);
    expect(asked).to.deep.equal([[5, 6]]);
    expect([...reweighed!.keys()].filter((id) => reweighed![id]! > -Infinity)).to.deep.equal([5, 6]);
    expect(vocabulary.size).to.equal(row.length);
  });

  it('adds up the log-odds of several discriminators, times their strengths', async () => {
    const says =
      (nats: number): ControlOdds =>
      (_, candidates) =>
        Promise.resolve(candidates.map((row) => Float32Array.from(row, (id) => (id === A ? nats : 0))));
    const row = Float32Array.from(nextProbs([]), Math.log);
    const [reweighed] = await fudge([says(-1), says(-2)], { topK: 7, strength: 0.5 })([writing([])], [row]);
    expect(reweighed![A]! - row[A]!).to.be.closeTo(-1.5, 1e-6);
    expect(reweighed![A + 1]).to.equal(row[A + 1]);
  });
});
