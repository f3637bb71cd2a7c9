import { expect } from 'chai';
import { keyOf, normal } from '../../lib/base/random.js';
import { openDevice } from '../../lib/engine/index.js';
import type { HostTensors } from '../../lib/engine/types.js';
import { type Checkpoint, denoiserOf } from '../../lib/model/checkpoint/checkpoint.js';
import type { ModelConfig } from '../../lib/model/denoiser/config.js';
import { vocabularyOf } from '../../lib/text/vocabulary.js';
import { continueFrom } from '../../lib/train/denoiser/continue-from.js';
import { neighbourShares } from '../../lib/train/neighbour-words.js';
import { focused } from '../../lib/train/objectives.js';
import { floats, freshWeights, tinyConfig, tokenizer, vocabulary } from '../tiny-model.js';

const base: Checkpoint = {
  folder: 'models/base',
  config: tinyConfig,
  denoiser: denoiserOf(tinyConfig),
  tokenizer,
  weights: freshWeights(tinyConfig, 5),
  hash: '',
};
const rows = ['The heron waits by the pond .', 'The stork waits by the lake .', 'The heron finds A pond .'].map((row) =>
  row.split(' '),
);

const continued = (config: ModelConfig, words = vocabulary) =>
  continueFrom(base, { config, parameters: denoiserOf(config).parameters, vocabulary: words, rows, key: keyOf(2) });

async function logits(config: ModelConfig, weights: HostTensors): Promise<Float32Array> {
  const { maxTokens, embeddingWidth } = config;
  const device = await openDevice('onnx-cpu', { threads: 1 });
  const x = floats([1, maxTokens, embeddingWidth], normal(keyOf(3), maxTokens * embeddingWidth));
  const inputs = { x, time: floats([1], [0.4]), previousX0: floats(x.shape, new Float32Array(x.data.length)) };
  const specs = Object.entries(inputs).map(([name, { shape }]) => ({ name, shape }));
  const graph = await device.compile(
    (tensors) => ({
      logits: denoiserOf(config).denoise(tensors, tensors['x']!, tensors['time']!, tensors['previousX0']!).logits,
    }),
    specs,
    weights,
  );
  const out = await graph.run(inputs);
  await device.dispose();
  return out['logits']!.data as Float32Array;
}

describe('a training that continues from a checkpoint', () => {
  it('starts from the very function of its base, more layers included', async () => {
    const deeper = { ...tinyConfig, layers: tinyConfig.layers + 2 };
    expect(await logits(deeper, continued(deeper))).to.deep.equal(await logits(tinyConfig, base.weights));
  });

  it('keeps the weights of known words, wherever their ids moved', () => {
    const words = vocabularyOf(['stork', ...vocabulary.tokens]);
    const weights = continued({ ...tinyConfig, vocabularySize: words.size }, words);
    const [id, baseId] = [words.id('pond')!, vocabulary.id('pond')!];
    expect(id).not.to.equal(baseId);
    const { embeddingWidth: width } = tinyConfig;
    const row = (tensors: HostTensors, at: number) => [...tensors['embedding']!.data.subarray(at * width, (at + 1) * width)];
    expect(row(weights, id)).to.deep.equal(row(base.weights, baseId));
    const column = (tensors: HostTensors, at: number, size: number) =>
      [...tensors['output.weight']!.data].filter((_, i) => i % size === at);
    expect(column(weights, id, words.size)).to.deep.equal(column(base.weights, baseId, vocabulary.size));
  });

  it('gives a new word the place of the words with its neighbours', () => {
    const words = vocabularyOf([...vocabulary.tokens, 'stork', 'lake', 'comet']);
    const shares = neighbourShares(words, vocabulary, rows);
    const of = (word: string) => shares[words.tokens.indexOf(word)]!;
    expect(of('stork')).to.deep.equal({ known: [[vocabulary.id('heron')!, 1]], exact: false });
    // "the" is unknown, so that "lake" follows it as "pond" does; the other "pond" follows "A".
    expect(of('lake')).to.deep.equal({ known: [[vocabulary.id('pond')!, 1]], exact: false });
    expect(of('comet').known).to.deep.equal([]);
    expect(of('START')).to.deep.equal({ known: [[vocabulary.start, 1]], exact: true });
  });

  it('moves positions and distances to another maxTokens', () => {
    const longer = { ...tinyConfig, maxTokens: tinyConfig.maxTokens + 3 };
    const weights = continued(longer);
    expect(weights['position']!.shape[0]).to.equal(longer.maxTokens);
    const rowOf = (tensors: HostTensors, distance: number, maxTokens: number) => {
      const at = (distance + maxTokens - 1) * tinyConfig.heads;
      return [...tensors['relative']!.data.subarray(at, at + tinyConfig.heads)];
    };
    const trained = {
      ...base.weights,
      relative: floats(base.weights['relative']!.shape, normal(keyOf(4), 15 * tinyConfig.heads)),
    };
    const moved = continueFrom(
      { ...base, weights: trained },
      { config: longer, parameters: denoiserOf(longer).parameters, vocabulary, rows, key: keyOf(2) },
    );
    for (const distance of [-7, -1, 0, 3, 7]) {
      expect(rowOf(moved, distance, longer.maxTokens)).to.deep.equal(rowOf(trained, distance, tinyConfig.maxTokens));
    }
  });

  it('refuses another size, and names each', () => {
    const other = { ...tinyConfig, width: 32, heads: 8, layers: 1 };
    expect(() => continued(other)).to.throw(
      /\/model\/width: expected 16, as in models\/base, found 32[^]*\/model\/heads[^]*\/model\/layers/,
    );
  });
});

describe('a focus of noise levels', () => {
  it('holds its share of a uniform draw, and leaves the order', () => {
    const focus = { from: 0.35, to: 0.75, share: 0.65 };
    const times = Array.from({ length: 1000 }, (_, i) => focused((i + 0.5) / 1000, focus));
    expect(times.filter((time) => time >= 0.35 && time < 0.75)).to.have.length(650);
    expect(times.filter((time) => time < 0.35)).to.have.length(204); // 0.35 x 0.35 / 0.6
    expect(times).to.deep.equal([...times].sort((a, b) => a - b));
    expect(times.at(-1)).to.be.lessThan(1);
  });
});
