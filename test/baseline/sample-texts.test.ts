import { expect } from 'chai';
import { speaking } from '../../lib/decode/next-words.js';
import { sampleTexts, type SampleSetup } from '../../lib/baseline/sample-texts.js';
import { Interrupted } from '../../lib/base/errors.js';
import { keyOf, split } from '../../lib/base/random.js';
import { vocabularyOf } from '../../lib/text/vocabulary.js';
import { A, nextProbs, vocabulary, wordModel } from '../word-model.js';

const requests = (count: number) => Array.from({ length: count }, (_, i) => ({ target: 0, key: split(keyOf(1), i) }));
const setup = (rows: number): SampleSetup => ({
  decoder: wordModel().decoder(rows),
  vocabulary,
  maxTokens: 5,
  options: { temperature: 1, topP: 1 },
});

describe('texts sampled from left to right', () => {
  it('have the frequencies of the model', async () => {
    const sequences = await sampleTexts(setup(16), requests(4000));
    const share = (wanted: (ids: Int32Array) => boolean) => sequences.filter(wanted).length / sequences.length;
    expect(share((ids) => ids[1] === A)).to.be.closeTo(nextProbs([])[A]!, 0.03);
    expect(share((ids) => ids[1] === A && ids[2] === A)).to.be.closeTo(nextProbs([])[A]! * nextProbs([A])[A]!, 0.03);
  });

  it('do not depend on the number of rows in a batch, where a finished row starts the next text', async () => {
    const [narrow, wide] = [await sampleTexts(setup(3), requests(20)), await sampleTexts(setup(20), requests(20))];
    expect(narrow).to.deep.equal(wide);
  });

  it('stop at the maximal length without END, and are padded after END', async () => {
    for (const ids of await sampleTexts(setup(8), requests(200))) {
      expect(ids.length).to.equal(5);
      expect(ids[0]).to.equal(vocabulary.start);
      const end = ids.indexOf(vocabulary.end);
      if (end < 0) expect([...ids.subarray(1)].every((id) => id >= A)).to.equal(true);
      else expect([...ids.subarray(end + 1)].every((id) => id === vocabulary.pad)).to.equal(true);
    }
  });

  it('begin with the tokens that are given, and go on as the model does', async () => {
    const begin = requests(2000).map((request) => ({ ...request, begin: [A] }));
    const sequences = await sampleTexts(setup(16), begin);
    expect(sequences.every((ids) => ids[1] === A)).to.equal(true);
    const share = sequences.filter((ids) => ids[2] === A).length / sequences.length;
    expect(share).to.be.closeTo(nextProbs([A])[A]!, 0.04);
  });

  it('can be interrupted', async () => {
    const signal = AbortSignal.abort();
    const stopped = await sampleTexts(setup(2), requests(2), { signal }).catch((error: unknown) => error);
    expect(stopped).to.be.instanceOf(Interrupted);
  });
});

describe('a model mapped to another vocabulary', () => {
  it('gives the same scores to shared words, and none to the others', async () => {
    const other = vocabularyOf(['c', 'z', 'a']); // no b
    const [Z] = [5];
    const decoder = speaking(wordModel(), other).decoder(1);
    const [first] = await decoder.next([other.start]);
    const own = nextProbs([]);
    const kept = own[vocabulary.end]! + own[A]! + own[A + 2]!;
    const expected = [0, 0, 0, own[vocabulary.end]!, own[A + 2]!, 0, own[A]!].map((p) => p / kept);
    first!.forEach((value, id) => expect(Math.exp(value)).to.be.closeTo(expected[id]!, 1e-6));
    expect(first![Z]).to.equal(-Infinity);
    const [second] = await decoder.next([4]); // c
    expect(Math.exp(second![6]!) / Math.exp(second![4]!)).to.be.closeTo(nextProbs([6])[A]! / nextProbs([6])[6]!, 1e-5);
  });
});
