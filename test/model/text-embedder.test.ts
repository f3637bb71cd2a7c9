import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { encodeModel } from '../../lib/engine/onnx/encode.js';
import { ClusterSums } from '../../lib/metrics/cluster-sums.js';
import { measureEmbeddings } from '../../lib/evaluate/embedding-measure.js';
import { loadTextEmbedder } from '../../lib/model/external/text-embedder.js';
import { keyOf } from '../../lib/base/random.js';
import { inputErrorOf } from '../config/helpers.js';
import { fixture } from '../text/helpers.js';
import { withFolder } from '../tiny-model.js';

const WIDTH = 3;
const ANY = -1;

/** Writes a model that gives each token the vector (id, 1, 0) in any context. */
async function writeTinyEmbedder(folder: string, output = 'last_hidden_state'): Promise<Record<string, number>> {
  const tokenizer = await readFile(fixture('tokenizers/wordpiece/tokenizer.json'), 'utf8');
  const { vocab } = (JSON.parse(tokenizer) as { model: { vocab: Record<string, number> } }).model;
  const size = Math.max(...Object.values(vocab)) + 1;
  const values = Float32Array.from({ length: size * WIDTH }, (_, i) => [Math.floor(i / WIDTH), 1, 0][i % WIDTH]!); // [V, D]
  await mkdir(join(folder, 'onnx'), { recursive: true });
  await writeFile(join(folder, 'config.json'), JSON.stringify({ model_type: 'bert' }));
  await writeFile(join(folder, 'tokenizer.json'), tokenizer);
  const special = { cls_token: '[CLS]', sep_token: '[SEP]', pad_token: '[PAD]', unk_token: '[UNK]' };
  await writeFile(join(folder, 'tokenizer_config.json'), JSON.stringify({ tokenizer_class: 'BertTokenizer', ...special }));
  const model = encodeModel({
    inputs: [{ name: 'input_ids', dtype: 'int64', shape: [ANY, ANY] }],
    initializers: [{ name: 'table', dtype: 'float32', shape: [size, WIDTH], values }],
    nodes: [{ op: 'Gather', domain: '', inputs: ['table', 'input_ids'], outputs: [output], attributes: {} }],
    outputs: [{ name: output, dtype: 'float32', shape: [ANY, ANY, WIDTH] }],
  });
  await writeFile(join(folder, 'onnx/model.onnx'), model);
  return vocab;
}

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
      await writeTinyEmbedder(folder, 'logits');
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
