import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { tf } from '../../lib/engine/tf.js';
import type { HostTensor, HostTensors } from '../../lib/engine/types.js';
import { InputError } from '../../lib/base/errors.js';
import { importOriginal } from '../../lib/model/checkpoint/import.js';
import { paperDenoiser } from '../../lib/model/denoiser/paper.js';
import { writeSafetensors } from '../../lib/model/checkpoint/safetensors.js';
import { expectClose } from '../fixtures/original/close.js';
import { folder as fixtures, loadOriginal, type Original } from '../fixtures/original/index.js';

describe('import of an original checkpoint', () => {
  const folder = mkdtempSync(join(tmpdir(), 'import-'));
  after(() => rmSync(folder, { recursive: true }));
  let original: Original;
  before(async () => (original = await loadOriginal()));

  const words = ['START', 'END', 'UNK', 'PAD', ...'a b c d e f g h i j k l m n o p q r s'.split(' ')]; // as the original orders them
  const vocabulary = Object.fromEntries(words.map((word, id) => [word, id]));
  const args = {
    model_arch: 'transformer',
    experiment_mode: 'lm',
    logits_mode: 1,
    predict_xstart: true,
    learn_sigma: false,
    rescale_timesteps: true,
    diffusion_steps: 40,
    noise_schedule: 'sqrt',
    image_size: 3,
    in_channel: 8,
    lr: 0.0001, // one of many ignored settings
  };

  const write = (file: string, value: unknown): void => writeFileSync(join(folder, file), JSON.stringify(value));
  beforeEach(() => {
    write('training_args.json', args);
    write('vocab.json', vocabulary);
    copyFileSync(join(fixtures, 'model.safetensors'), join(folder, 'model.safetensors'));
  });

  const writeWeights = (tensors: HostTensors): Promise<void> => writeSafetensors(join(folder, 'model.safetensors'), tensors);

  async function failure(heads = 4): Promise<string> {
    const error = await importOriginal(folder, { heads }).then(
      () => expect.fail('was imported'),
      (e: unknown) => e,
    );
    expect(error).to.be.instanceOf(InputError);
    return (error as InputError).message;
  }

  it('gives the sizes, the tokens by id, and weights with which the network equals the original', async () => {
    const { config, tensors, tokens } = await importOriginal(folder, { heads: 4 });
    expect(config).to.deep.equal({
      format: 'diffusteer',
      version: 1,
      recipe: 'paper',
      steps: 40,
      schedule: 'sqrt',
      ...original.size,
      maxTokens: 9,
    });
    expect(tokens).to.deep.equal(words);
    const put = ({ data, shape, dtype }: HostTensor) => tf.tensor(data, [...shape], dtype);
    const weights = Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, put(tensor)]));
    const x = put(original.output('x'));
    const { x0 } = paperDenoiser(config).denoise(weights, x, tf.cast(put(original.output('t')), 'float32'), x);
    expectClose(x0.dataSync(), original.output('denoiser').data, 4e-6);
  });

  it('accepts a checkpoint without the copy of the head, and one with position ids', async () => {
    const { 'lm_head.weight': _, ...rest } = original.weights;
    await writeWeights({ ...rest, position_ids: { dtype: 'int32', shape: [1, 2], data: Int32Array.of(0, 1) } });
    const { tensors } = await importOriginal(folder, { heads: 4 });
    expect(Object.keys(tensors).sort()).to.deep.equal(Object.keys(rest).sort());
  });

  it('reports the problems of all three files at once', async () => {
    write('training_args.json', { ...args, model_arch: '1d-unet', predict_xstart: false, noise_schedule: 'square' });
    write('vocab.json', { ...vocabulary, a: 5, b: -1, PAD: undefined });
    const { 'time_embed.0.weight': _, ...rest } = original.weights;
    const head: HostTensor = { ...rest['lm_head.weight']!, data: new Float32Array(23 * 8) };
    await writeWeights({ ...rest, 'lm_head.weight': head });
    const message = await failure();
    for (const expected of [
      /training_args\.json\/model_arch: expected .*"transformer"/,
      /training_args\.json\/predict_xstart: expected true/,
      /training_args\.json\/noise_schedule: expected .*"sqrt"/,
      /vocab\.json\/b: expected an id from 0 to 21, found -1/,
      /vocab\.json\/s: expected an id from 0 to 21, found 22/,
      /vocab\.json\/PAD: expected an id, found none/,
      /model\.safetensors\/lm_head\.weight: expected the numbers of word_embedding\.weight/,
      /model\.safetensors\/time_embed\.0\.weight: expected a matrix, .*found none/,
    ]) {
      expect(message).to.match(expected);
    }
  });

  it('names two tokens with the same id', async () => {
    write('vocab.json', { ...vocabulary, b: 4 });
    expect(await failure()).to.match(/vocab\.json\/b: expected an id of its own, found 4, which is that of "a"/);
  });

  it('names every missing or unexpected tensor and every wrong shape', async () => {
    const { 'input_transformers.layer.1.output.dense.bias': _, ...rest } = original.weights;
    const bias: HostTensor = { dtype: 'float32', shape: [7], data: new Float32Array(7) };
    await writeWeights({ ...rest, 'output_down_proj.2.bias': bias, 'encoder.weight': bias });
    const message = await failure();
    expect(message).to.match(/3 problems/);
    expect(message).to.match(/layer\.1\.output\.dense\.bias: expected float32 \[32\], found none/);
    expect(message).to.match(/output_down_proj\.2\.bias: expected float32 \[8\], found float32 \[7\]/);
    expect(message).to.match(/encoder\.weight: is no parameter of the paper's network/);
  });

  it('names files that do not match each other, and the source of each size', async () => {
    write('training_args.json', { ...args, in_channel: 16, image_size: 5 });
    write('vocab.json', { ...vocabulary, t: 23 });
    const message = await failure(5);
    expect(message).to.match(/training_args\.json\/in_channel: expected 8, .*found 16/);
    expect(message).to.match(/training_args\.json\/image_size .*: expected at most 16, .*got 25/);
    expect(message).to.match(/vocab\.json: expected 23 tokens, .*found 24/);
    expect(message).to.match(/heads .*: expected a divisor of the width 32, got 5/);
  });

  it('assumes one head per 64 dimensions of the width by default', async () => {
    expect((await importOriginal(folder)).config.heads).to.equal(1); // of 32
  });

  it('names a missing file', async () => {
    rmSync(join(folder, 'vocab.json'));
    expect(await failure()).to.match(/vocab\.json/);
  });
});
