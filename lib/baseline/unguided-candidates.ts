import { normal, split } from '../base/random.js';
import { decodeArgmax } from '../decode/index.js';
import { concat } from '../engine/arrays.js';
import type { Device } from '../engine/types.js';
import { sequenceFactors } from '../guide/factors.js';
import type { PreparedRun } from '../plan/prepare.js';
import { createSampler } from '../sampler/index.js';
import type { TextRequest, WritingHooks } from './sample-texts.js';

/** Texts of the diffusion model without its guides, batch by batch. */
export function unguidedCandidates({
  config,
  checkpoint,
  steps,
  device,
}: Pick<PreparedRun, 'config' | 'checkpoint' | 'steps'> & { readonly device: Device }) {
  const { maxTokens, embeddingWidth, vocabularySize } = checkpoint.config;
  const { vocabulary } = checkpoint.tokenizer;
  const rows = config.batchSize;
  const { temperature, clamp } = config.sampler;
  const sampler = createSampler(device, {
    denoiser: checkpoint.denoiser,
    weights: checkpoint.weights,
    size: { rows, maxTokens, embeddingWidth, vocabularySize },
    steps,
    temperature,
    clamp,
    steering: config.steering,
    guides: [],
  });
  const factors = repeated(sequenceFactors(maxTokens, vocabulary), rows); // [B, L, V]
  const size = maxTokens * vocabularySize;

  async function batch(requests: readonly TextRequest[], { onShare, signal }: WritingHooks): Promise<Int32Array[]> {
    const keys = Array.from({ length: rows }, (_, i) => (requests[i] ?? requests[0]!).key);
    const draw = (label: string | number) => concat(keys.map((key) => normal(split(key, label), maxTokens * embeddingWidth)));
    const batch = { start: draw('start'), noiseAt: draw, factors, guideInputs: [] };
    const probs = await sampler.sample(batch, { onStep: (done, of) => onShare?.(done / of), signal }); // [B, L, V]
    return requests.map((_, i) => decodeArgmax(probs.subarray(i * size, (i + 1) * size), vocabulary).ids);
  }

  return async (requests: readonly TextRequest[], hooks: WritingHooks): Promise<Int32Array[]> => {
    const canvases: Int32Array[] = [];
    for (let from = 0; from < requests.length; from += rows) {
      const part = requests.slice(from, from + rows);
      const onShare = (share: number) => hooks.onShare?.((from + share * part.length) / requests.length);
      canvases.push(...(await batch(part, { ...hooks, onShare })));
    }
    return canvases;
  };
}

const repeated = (row: Float32Array, times: number): Float32Array => concat(Array.from({ length: times }, () => row));
