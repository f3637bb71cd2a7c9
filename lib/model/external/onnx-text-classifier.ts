import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tensor } from '@xenova/transformers';
import { nearest } from '../../config/index.js';
import { inputError, messageOf } from '../../base/errors.js';
import { loadFolder } from './transformers-folder.js';

/**
 * A text classifier in the layout of transformers.js: the output of `optimum-cli export onnx`, with the network in its own folder.
 */
const FILES = ['config.json', 'tokenizer.json', 'tokenizer_config.json', join('onnx', 'model.onnx')];

export interface TextClassifier {
  /** Returns the log-probability of the label for each text, nats. */
  logProb(texts: readonly string[]): Promise<number[]>;
}

interface ClassifierConfig {
  readonly id2label?: Readonly<Record<string, string>>;
  /** Labels are mutually exclusive unless this says otherwise. */
  readonly problem_type?: string;
}

/** Returns the paths of a classifier's files. */
export const classifierFiles = (folder: string): string[] => FILES.map((name) => join(folder, name));

/** Returns why a folder is no classifier that knows the label, or undefined if it is one. */
export function classifierObstacle(folder: string, label: string): string | undefined {
  const missing = FILES.filter((name) => !existsSync(join(folder, name)));
  if (missing.length > 0) return `expected a folder with ${FILES.join(', ')}; ${folder} lacks ${missing.join(', ')}`;
  try {
    const labels = labelsOf(readConfig(folder));
    if (labels.length < 2) return `expected at least 2 labels in id2label of ${folder}/config.json, got ${labels.length}`;
    if (labels.includes(label)) return undefined;
    const meant = nearest(label, labels);
    const help = meant === undefined ? '' : `, did you mean "${meant}"?`;
    return `the classifier has no label "${label}"${help} (it has ${labels.join(', ')})`;
  } catch (error) {
    return `${join(folder, 'config.json')} is not JSON: ${messageOf(error)}`;
  }
}

const readConfig = (folder: string): ClassifierConfig =>
  JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as ClassifierConfig;

function labelsOf({ id2label = {} }: ClassifierConfig): string[] {
  const ids = Object.keys(id2label).sort((a, b) => Number(a) - Number(b));
  return ids.map((id) => id2label[id]!);
}

/** Loads the classifier from disk, without network access. @throws InputError if onnxruntime or the tokenizer cannot use it */
export async function loadTextClassifier(folder: string, label: string): Promise<TextClassifier> {
  const config = readConfig(folder);
  const at = labelsOf(config).indexOf(label);
  const independent = config.problem_type === 'multi_label_classification';
  const { tokenizer, model } = await loadFolder(folder, 'AutoModelForSequenceClassification', 'text classifier');
  if (typeof tokenizer.pad_token_id !== 'number')
    throw inputError(join(folder, 'tokenizer_config.json'), 'expected "pad_token", the token that pads short texts, got nothing');
  return {
    async logProb(texts) {
      const inputs: unknown = tokenizer([...texts], { padding: true, truncation: true });
      const { logits } = (await model(inputs)) as { logits: Tensor };
      const values = logits.data as Float32Array; // [B, labels]
      const width = values.length / texts.length;
      return texts.map((_, row) => {
        const scores = values.subarray(row * width, (row + 1) * width);
        return independent ? -softplus(-scores[at]!) : scores[at]! - logSumExp(scores);
      });
    },
  };
}

const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

function logSumExp(values: Float32Array): number {
  const largest = Math.max(...values);
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}
