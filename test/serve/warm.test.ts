import { expect } from 'chai';
import { keyOf, split, uniform } from '../../lib/base/random.js';
import { searchSpace } from '../../lib/decode/beam-search.js';
import { decodeJointly } from '../../lib/decode/joint.js';
import { sequenceFactors } from '../../lib/guide/factors.js';
import { inFewSizes } from '../../lib/serve/warm.js';
import { vocabulary, wordModel } from '../word-model.js';

const L = 6; // START, at most 4 words, END

/** Random token probabilities, [L, V]. */
function randomProbs(seed: number): Float32Array {
  const draws = uniform(split(keyOf(seed), 'probs'), L * vocabulary.size);
  return Float32Array.from(draws, (u) => u / vocabulary.size);
}

describe('a language model of a server', () => {
  it('decodes any number of texts in few sizes, of which a device compiles each, and finds the same texts', async () => {
    const model = wordModel(L);
    const sizes = new Set<number>();
    const counted = inFewSizes({
      ...model,
      beamDecoder: (searches, width) => (sizes.add(searches), model.beamDecoder(searches, width)),
    });
    const space = searchSpace({ factors: sequenceFactors(L, vocabulary) }, vocabulary);
    const requests = Array.from({ length: 9 }, (_, seed) => ({ probs: randomProbs(seed), space }));
    const options = { width: 4, weight: 1 };
    for (let count = 1; count <= requests.length; count++) {
      const some = requests.slice(0, count);
      expect(await decodeJointly(counted, some, options)).to.deep.equal(await decodeJointly(model, some, options));
    }
    expect([...sizes]).to.deep.equal([1, 2, 4, 8, 16]);
  });
});
