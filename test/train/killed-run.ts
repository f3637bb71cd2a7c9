import { fileURLToPath } from 'node:url';
import { openDevice } from '../../lib/engine/index.js';
import { trainDenoiser } from '../../lib/train/denoiser/train-denoiser.js';
import { tinyConfig, tokenizer } from '../tiny-model.js';

const rows = ['The heron waits by the pond', 'A quiet garden .', 'The pond sleeps', 'The old heron finds A green pond'];

/** A small training run that is saved after each step. kill.slow.test.ts also runs it in a separate process. */
export async function train(folder: string, onStep: (step: number) => void = () => undefined): Promise<void> {
  const device = await openDevice('onnx-cpu', { threads: 1 });
  const words = rows.map((row) => row.split(' ').slice(0, 6));
  const job = {
    folder,
    device,
    config: { ...tinyConfig, layers: 1 },
    tokenizer,
    rows: words,
    validationRows: words.slice(0, 2),
    optimizer: {
      ...{ steps: 14, batchSize: 3, peakLearningRate: 0.01, warmupSteps: 2, betas: [0.9, 0.99] as const },
      ...{ weightDecay: 0.01, clipNorm: 1, emaDecay: 0.9 },
    },
    objective: { selfConditioning: 0.5 },
    ...{ seed: 1, fingerprint: 'toy', checkpointMinutes: 0, measureEvery: 5 },
  };
  await trainDenoiser(job, { onStep: ({ step }) => onStep(step) });
  await device.dispose();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await train(process.argv[2]!, (step) => process.send?.(step));
}
