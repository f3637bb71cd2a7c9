import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RawImage } from '@xenova/transformers';
import { expect } from 'chai';
import similar from '../../guidance/similar.js';
import { builtInGuides } from '../../guidance/index.js';
import { checkConfig } from '../../lib/config/index.js';
import { encodeModel } from '../../lib/engine/onnx/encode.js';
import { tf } from '../../lib/engine/index.js';
import { generate } from '../../lib/generate/generate.js';
import type { GuideFactory, ParticlesGuide } from '../../lib/guide/contract.js';
import { readSamples } from '../../lib/run/read-samples.js';
import { contractModel, describeGuideContract } from '../guide-contract.js';
import { errorOf, fixture } from '../text/helpers.js';
import { withFolder, writeTinyModel } from '../tiny-model.js';

const ANY = -1;
const RED = [1, 0, 0];
const GREEN = [0, 1, 0];
/** The vectors of words of the fixture's vocabulary; other tokens have almost none. */
const VECTORS: Readonly<Record<string, readonly number[]>> = { river: RED, the: GREEN, is: [0, 0, 1] };

/** Writes the tokenizer of a folder, and returns the vector of each token, [V, 3]. */
async function writeTokenizer(folder: string, type: string): Promise<{ size: number; values: Float32Array }> {
  const tokenizer = await readFile(fixture('tokenizers/wordpiece/tokenizer.json'), 'utf8');
  const { vocab } = (JSON.parse(tokenizer) as { model: { vocab: Record<string, number> } }).model;
  const size = Math.max(...Object.values(vocab)) + 1;
  const values = new Float32Array(size * 3).fill(0.01);
  for (const [word, vector] of Object.entries(VECTORS)) values.set(vector, vocab[word]! * 3);
  await mkdir(join(folder, 'onnx'), { recursive: true });
  await writeFile(join(folder, 'config.json'), JSON.stringify({ model_type: type }));
  await writeFile(join(folder, 'tokenizer.json'), tokenizer);
  const special = { cls_token: '[CLS]', sep_token: '[SEP]', pad_token: '[PAD]', unk_token: '[UNK]' };
  await writeFile(join(folder, 'tokenizer_config.json'), JSON.stringify({ tokenizer_class: 'BertTokenizer', ...special }));
  return { size, values };
}

/** Writes a sentence encoder that gives each token its vector. */
async function writeSentenceEncoder(folder: string): Promise<void> {
  const { size, values } = await writeTokenizer(folder, 'bert');
  const model = encodeModel({
    inputs: [{ name: 'input_ids', dtype: 'int64', shape: [ANY, ANY] }],
    initializers: [{ name: 'table', dtype: 'float32', shape: [size, 3], values }],
    nodes: [{ op: 'Gather', domain: '', inputs: ['table', 'input_ids'], outputs: ['last_hidden_state'], attributes: {} }],
    outputs: [{ name: 'last_hidden_state', dtype: 'float32', shape: [ANY, ANY, 3] }],
  });
  await writeFile(join(folder, 'onnx/model.onnx'), model);
}

/** Writes an encoder of images and texts: the mean colour of an image, the mean vector of the tokens of a text. */
async function writeImageTextEncoder(folder: string): Promise<void> {
  const { size, values } = await writeTokenizer(folder, 'clip');
  const node = (op: string, inputs: readonly string[], output: string, attributes = {}) => ({
    op,
    domain: '',
    inputs,
    outputs: [output],
    attributes,
  });
  const text = encodeModel({
    inputs: [{ name: 'input_ids', dtype: 'int64', shape: [ANY, ANY] }],
    initializers: [{ name: 'table', dtype: 'float32', shape: [size, 3], values }],
    nodes: [
      node('Gather', ['table', 'input_ids'], 'states'), // [B, N, 3]
      node('Transpose', ['states'], 'channels', { perm: [0, 2, 1] }),
      node('GlobalAveragePool', ['channels'], 'pooled'), // [B, 3, 1]
      node('Flatten', ['pooled'], 'text_embeds', { axis: 1 }),
    ],
    outputs: [{ name: 'text_embeds', dtype: 'float32', shape: [ANY, 3] }],
  });
  const vision = encodeModel({
    inputs: [{ name: 'pixel_values', dtype: 'float32', shape: [ANY, 3, ANY, ANY] }],
    initializers: [],
    nodes: [node('GlobalAveragePool', ['pixel_values'], 'pooled'), node('Flatten', ['pooled'], 'image_embeds', { axis: 1 })],
    outputs: [{ name: 'image_embeds', dtype: 'float32', shape: [ANY, 3] }],
  });
  await writeFile(join(folder, 'onnx/text_model.onnx'), text);
  await writeFile(join(folder, 'onnx/vision_model.onnx'), vision);
  const processor = {
    image_processor_type: 'CLIPImageProcessor',
    do_resize: false,
    do_center_crop: false,
    do_rescale: true,
    do_normalize: false,
  };
  await writeFile(join(folder, 'preprocessor_config.json'), JSON.stringify(processor));
}

const paint = async (file: string, colour: readonly number[]): Promise<void> => {
  const pixels = Uint8ClampedArray.from({ length: 4 * 4 * 3 }, (_, i) => 255 * colour[i % 3]!);
  await new RawImage(pixels, 4, 4, 3).save(file);
};

type Options = Parameters<typeof similar.check>[0];
const check = (options: Omit<Options, 'strength'>) =>
  similar.check({ strength: 1, ...options }).map(({ path, message }) => `${path} ${message}`);

async function rewardsOf(options: Omit<Options, 'strength'>, texts: readonly string[]): Promise<readonly number[]> {
  const context = { tf, model: contractModel, via: 'particles', classes: [], tables: {}, states: () => tf.scalar(0) } as const;
  const row = { strength: 10, ...options };
  const guide = (similar as GuideFactory<Options>).create(context) as ParticlesGuide<Options>;
  await guide.open!([row]);
  return guide.reward(texts.map((text) => ({ text, tokens: [] })), texts.map(() => row)); // prettier-ignore
}

const encoder = await mkdtemp(join(tmpdir(), 'diffusteer-encoder-'));
await writeSentenceEncoder(encoder);
after(() => rm(encoder, { recursive: true }));

describeGuideContract({
  factory: { ...similar, example: { text: 'the river', model: encoder, strength: 3 } },
  rows: [{ text: 'the', model: encoder, strength: 1 }],
  nonsense: [{}, { text: 'the' }, { text: '', model: 'm' }, { text: 'the', model: 'm', strength: 0 }],
});

describe('the guide similar', () => {
  it('rewards texts by the cosine of their embedding to that of the example', () =>
    withFolder(async (folder) => {
      await writeSentenceEncoder(folder);
      const [same, both, other, none] = await rewardsOf({ text: 'river', model: folder }, [
        'river river',
        'the river',
        'the',
        '',
      ]);
      expect([same!, both!, other!, none!].map((value) => Math.round(value * 100) / 100)).to.deep.equal([10, 7.07, 0, 0]);
    }));

  it('rewards texts by their cosine to an image', () =>
    withFolder(async (folder) => {
      await writeImageTextEncoder(folder);
      const image = join(folder, 'red.png');
      await paint(image, RED);
      const [red, green] = await rewardsOf({ image, model: folder }, ['river', 'the']);
      expect(red).to.be.above(9);
      expect(green).to.be.below(2);
      await writeFile(image, 'no image');
      expect(await errorOf(rewardsOf({ image, model: folder }, ['river']))).to.contain('red.png: cannot be read as an image');
    }));

  it('names what is missing', () =>
    withFolder(async (folder) => {
      await writeSentenceEncoder(folder);
      expect(check({ text: 'river', model: folder })).to.deep.equal([]);
      expect(check({ model: folder })[0]).to.contain('expected either "text"');
      expect(check({ text: 'river', model: 'nosuch' })[0]).to.contain(
        '/model expected the folder of a sentence encoder in ONNX; it lacks',
      );
      const image = check({ image: join(folder, 'gone.png'), model: folder });
      expect(image[0]).to.contain('such as CLIP in ONNX; it lacks').and.contain('vision_model.onnx');
      expect(image[1]).to.contain('/image expected a file, there is none at');
    }));

  it('moves a run towards the example', () =>
    withFolder(async (folder) => {
      await writeTinyModel(join(folder, 'model'));
      const countOf = async (name: string, guidance: readonly object[]): Promise<number> => {
        const output = join(folder, name);
        const config = checkConfig('generate', {
          model: join(folder, 'model'),
          output,
          device: 'onnx-cpu',
          sampler: { steps: 6, temperature: 5 },
          particles: { count: 8, every: 2 },
          guidance,
          samplesPerTarget: 6,
        });
        await generate(config, builtInGuides, 'config');
        const samples = await readSamples(join(output, 'samples.jsonl'));
        return samples.filter(({ tokens }) => tokens.includes('is')).length;
      };
      const clause = { guide: 'similar', text: 'is', model: encoder, strength: 40 };
      const [guided, free] = [await countOf('guided', [clause]), await countOf('free', [])];
      expect(guided).to.be.above(free + 1);
    })).timeout(60_000);
});
