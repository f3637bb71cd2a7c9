import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { csvText } from '../../lib/text/csv.js';
import { tinyConfig, writeTinyModel } from '../tiny-model.js';

const ANIMALS = ['heron', 'otter', 'newt', 'swan', 'toad'];
const PLANTS = ['rose', 'fern', 'ivy', 'moss', 'tulip'];

/** Sentences of two kinds that differ in every noun and verb, as [text, label, source]. */
export function sentences(count: number, from = 0): [string, string, string][] {
  return Array.from({ length: count }, (_, n) => {
    const i = n + from;
    const when = ['early', 'late', 'today', 'again', 'now'][Math.floor(i / 2) % 5]!;
    const noun = (list: readonly string[]) => list[Math.floor(i / 10 + i / 2) % 5]!;
    return i % 2 === 0
      ? [`the ${noun(ANIMALS)} sleeps ${when}`, 'animal', 'pond']
      : [`a ${noun(PLANTS)} grows ${when}`, 'plant', 'garden'];
  });
}

/** Writes rows.csv, held-out.csv and a tiny base model into a folder. */
export async function writeSynthetic(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const header = ['text', 'kind', 'source'];
  await writeFile(join(folder, 'rows.csv'), csvText(header, sentences(12)));
  await writeFile(join(folder, 'more.csv'), csvText(header, sentences(40, 12)));
  await writeFile(join(folder, 'held-out.csv'), csvText(header, sentences(20, 30)));
  await writeTinyModel(join(folder, 'base'), tinyConfig);
}

const quickly = (steps: number) => ({
  'optimizer.steps': steps,
  'optimizer.batchSize': 8,
  'optimizer.peakLearningRate': 0.02,
  'optimizer.warmupSteps': 5,
  'optimizer.emaDecay': 0.8,
});
const network = { 'network.layers': 1, 'network.width': 8, 'network.heads': 2 };

/** Values of the training of a language model of the sentences. */
export const quickLanguageModel = { ...quickly(40), 'network.layers': 1, 'network.width': 16, 'network.heads': 2 };

/** Values of a config of `augment` that trains in a second. */
export const quickAugment = {
  perLabel: 3,
  filter: { rank: 1, overlap: 1, ngram: 2, tries: 8 },
  train: { ...quickly(40), 'samples.count': 0, 'validation.everySteps': 40 },
  trainGuide: { ...quickly(30), ...network },
  generate: { 'sampler.steps': 6, batchSize: 16 },
};
