import { type Key, normal, split } from '../../base/random.js';
import { decodeArgmax } from '../../decode/index.js';
import type { ScheduleName } from '../../diffusion/index.js';
import { ddpmSteps } from '../../diffusion/reverse-steps.js';
import { continuousLevels, discreteLevels } from '../../diffusion/schedule.js';
import { openDevice } from '../../engine/devices/open.js';
import type { DeviceName, HostTensors } from '../../engine/types.js';
import { sequenceFactors } from '../../guide/factors.js';
import { denoiserOf } from '../../model/checkpoint/checkpoint.js';
import type { ModelConfig } from '../../model/denoiser/config.js';
import { createSampler } from '../../sampler/index.js';
import { fromTokenIds } from '../../text/token-ids.js';
import type { Tokenizer } from '../../text/types.js';

/** Samples a few texts without guidance, to inspect a model while it trains. */
export async function unguidedTexts(
  { config, weights, tokenizer }: { config: ModelConfig; weights: HostTensors; tokenizer: Tokenizer },
  { count, steps, device: name }: { count: number; steps: number; device: DeviceName | 'auto' },
  key: Key,
): Promise<string[]> {
  const { maxTokens, embeddingWidth, vocabularySize } = config;
  const { vocabulary } = tokenizer;
  const device = await openDevice(name); // a separate device: the weights are constants of its graph
  try {
    const noise =
      config.recipe === 'paper'
        ? discreteLevels(config.schedule as ScheduleName, config.steps, Math.min(steps, config.steps))
        : continuousLevels(steps);
    const sampler = createSampler(device, {
      denoiser: denoiserOf(config),
      weights,
      size: { rows: count, maxTokens, embeddingWidth, vocabularySize },
      steps: ddpmSteps(noise),
      temperature: 0.8,
      clamp: false,
      steering: { inner: 1, step: 0, momentum: 0, scale: 'max-norm', floor: 0, prior: 0 },
      guides: [],
    });
    const factors = sequenceFactors(maxTokens, vocabulary); // [L, V]
    const all = new Float32Array(count * factors.length);
    for (let i = 0; i < count; i++) all.set(factors, i * factors.length);
    const draw = (label: string | number) => normal(split(key, label), count * maxTokens * embeddingWidth);
    const probs = await sampler.sample({ start: draw('start'), noiseAt: draw, factors: all, guideInputs: [] });
    return Array.from({ length: count }, (_, i) => {
      const { ids } = decodeArgmax(probs.subarray(i * factors.length, (i + 1) * factors.length), vocabulary);
      return tokenizer.detokenize(fromTokenIds(ids, vocabulary).tokens);
    });
  } finally {
    await device.dispose();
  }
}
