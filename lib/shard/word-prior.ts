import { wordIds } from '../automaton/index.js';
import { keyOf, normal } from '../base/random.js';
import { discreteLevels, type ScheduleName, TIME_MAX } from '../diffusion/schedule.js';
import { tf } from '../engine/tf.js';
import type { Device, GraphFunction } from '../engine/types.js';
import type { Checkpoint } from '../model/checkpoint/checkpoint.js';
import type { ModelConfig } from '../model/denoiser/config.js';

/** Rows of noise, enough that the mean over them and all positions hardly depends on the noise. */
const ROWS = 32;

/** Lower bound of a word's probability, ln: what is rarer was hardly learned. */
const RAREST = -12;

/**
 * Returns the probability of each word before the denoiser has seen anything, q: its mean over positions when all latents are noise, which is
 * about the share of the word among those of the corpus.
 *
 * @returns -ln q - H, [V] nats; H is the mean of -ln q, so that a text of usual words is neither longer nor shorter for it. 0 for
 *   START, END, PAD and UNK
 */
export async function wordSurprisals(device: Device, checkpoint: Checkpoint): Promise<Float32Array> {
  const { config, denoiser, tokenizer, weights } = checkpoint;
  const shape = [ROWS, config.maxTokens, config.embeddingWidth];
  const time = noisiestTime(config);
  const graph: GraphFunction = (inputs) => {
    const { logits } = denoiser.denoise(inputs, inputs['x']!, tf.fill([ROWS], time), tf.zeros(shape));
    return { probs: tf.mean(tf.softmax(logits), [0, 1]) }; // [V]
  };
  const program = await device.compile(graph, [{ name: 'x', shape }], weights);
  const data = normal(
    keyOf(0),
    shape.reduce((product, dim) => product * dim),
  ); // any noise does: the same for all runs
  const { probs } = await program.run({ x: { dtype: 'float32', shape, data } });
  await program.dispose();
  const words = wordIds(tokenizer.vocabulary);
  const total = words.reduce((sum, id) => sum + probs!.data[id]!, 0);
  const q = words.map((id) => probs!.data[id]! / total);
  const surprisals = q.map((p) => -Math.max(Math.log(p), RAREST)); // nats
  const entropy = q.reduce((sum, p, i) => sum + p * surprisals[i]!, 0);
  const out = new Float32Array(config.vocabularySize);
  words.forEach((id, i) => (out[id] = surprisals[i]! - entropy));
  return out;
}

/** Returns the time of pure noise, as the networks of a model see it. */
const noisiestTime = (config: ModelConfig): number =>
  config.recipe === 'paper' ? discreteLevels(config.schedule as ScheduleName, config.steps)[0]!.time : TIME_MAX;
