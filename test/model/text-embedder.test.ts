import { expect } from 'chai';
import { ClusterSums } from '../../lib/metrics/cluster-sums.js';
import { measureEmbeddings } from '../../lib/evaluate/embedding-measure.js';
import { loadTextEmbedder } from '../../lib/model/external/text-embedder.js';
import { keyOf } from '../../lib/base/random.js';
import { inputErrorOf } from '../config/helpers.js';
import { writeTinyEmbedder } from '../tiny-embedder.js';
import { withFolder } from '../tiny-model.js';

describe('the text embedder', () => {
  it('gives the states of a text without special tokens', () =>
    withFolder(async (folder) => {
      const vocab = await writeTinyEmbedder(folder);
      const embedder = await loadTextEmbedder(folder);
      const [the, none] = await embedder.tokenVectors(['the', '']);
      expect(the!.map((vector) => [...vector])).to.deep.equal([[vocab['the'], 1, 0]]);
      expect(none).to.deep.equal([]);
      await embedder.dispose();
    }));

  it('names the files that a folder lacks, and refuses other models', () =>
    withFolder(async (folder) => {
      expect((await inputErrorOf(() => loadTextEmbedder(folder))).message).to.contain('it lacks config.json');
      await writeTinyEmbedder(folder, { output: 'logits' });
      const embedder = await loadTextEmbedder(folder);
      expect((await inputErrorOf(() => embedder.tokenVectors(['the']))).message).to.contain('last_hidden_state');
    }));
});

describe('measureEmbeddings', () => {
  it('adds BERTScore to the sums per target, and compares with held-out texts', () =>
    withFolder(async (folder) => {
      await writeTinyEmbedder(folder);
      const embedder = await loadTextEmbedder(folder);
      const sums = new ClusterSums();
      const sample = [
        { words: ['the', 'river'], cluster: 'a', reference: ['the', 'river'] },
        { words: ['the'], cluster: 'b' },
      ];
      const found = await measureEmbeddings(sample, [['the'], ['the', 'river']], embedder, sums, keyOf(1));
      expect(sums.column('bert')[0]).to.be.closeTo(1, 1e-6);
      expect(sums.total((sum) => sum('bert n'))).to.equal(1);
      expect(found).to.include({ texts: 2, heldOut: 2, clusters: 2 });
      expect(found!.value, 'the same texts on both sides').to.be.closeTo(1, 1e-6);
      expect(await measureEmbeddings(sample, [], embedder, new ClusterSums(), keyOf(1))).to.equal(undefined);
    }));
});
