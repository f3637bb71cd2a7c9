import { expect } from 'chai';
import { openDevice } from '../../lib/engine/index.js';
import { tf } from '../../lib/engine/tf.js';
import type { Checkpoint } from '../../lib/model/checkpoint/checkpoint.js';
import { wordSurprisals } from '../../lib/shard/word-prior.js';
import { tinyConfig, tokenizer, vocabulary } from '../tiny-model.js';

const { start, end, pad, unk, size } = vocabulary;
const special = [start, end, pad, unk];

/** A denoiser that gives each token the same probability at all positions, whatever it sees; the noise moves the logits of all tokens alike. */
const checkpointOf = (probs: readonly number[]): Checkpoint =>
  ({
    config: tinyConfig,
    tokenizer,
    weights: {},
    denoiser: {
      denoise: (_: unknown, x: Parameters<Checkpoint['denoiser']['denoise']>[1]) => ({
        logits: tf.add(tf.mul(tf.ones([1, 1, size]), tf.tensor1d(probs.map(Math.log))), tf.sum(x, -1, true)), // [B, L, V]
      }),
    },
  }) as unknown as Checkpoint;

describe('the surprisal of words to a denoiser that has seen nothing', () => {
  const weights = Array.from({ length: size }, (_, id) => (special.includes(id) ? 5 : 1 + (id % 4)));
  const total = weights.reduce((a, b) => a + b);
  const words = weights.map((weight, id) => (special.includes(id) ? 0 : weight));
  const q = words.map((weight) => weight / words.reduce((a, b) => a + b));
  const found = async (probs = weights.map((weight) => weight / total)) => {
    const device = await openDevice('onnx-cpu');
    const surprisals = await wordSurprisals(device, checkpointOf(probs));
    await device.dispose();
    return surprisals;
  };

  it('is -ln q of each word less its mean, and nothing for tokens that are no words', async () => {
    const entropy = -q.reduce((sum, p) => sum + (p > 0 ? p * Math.log(p) : 0), 0);
    (await found()).forEach((nats, id) =>
      expect(nats, `${id}`).to.be.closeTo(q[id]! > 0 ? -Math.log(q[id]!) - entropy : 0, 1e-4),
    );
  });

  it('is bounded for words that hardly occur', async () => {
    const rare = weights.map((weight, id) => (id === size - 1 ? 1e-20 : weight / total));
    expect((await found(rare))[size - 1]).to.be.within(8, 12);
  });
});
