import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeModel } from '../lib/engine/onnx/encode.js';
import { fixture } from './text/helpers.js';

const ANY = -1; // a size that each batch chooses

/**
 * Writes a text classifier of the kind that transformers.js runs: every word of the text votes for the labels.
 *
 * @param votes for each label, by word; other words and special tokens have none
 */
export async function writeTinyClassifier(
  folder: string,
  labels: readonly string[],
  votes: Readonly<Record<string, readonly number[]>>,
) {
  const tokenizer = await readFile(fixture('tokenizers/wordpiece/tokenizer.json'), 'utf8');
  const { vocab } = (JSON.parse(tokenizer) as { model: { vocab: Record<string, number> } }).model;
  const table = new Float32Array((Math.max(...Object.values(vocab)) + 1) * labels.length); // [V, labels]
  for (const [word, scores] of Object.entries(votes)) table.set(scores, vocab[word]! * labels.length);
  await mkdir(join(folder, 'onnx'), { recursive: true });
  const config = {
    model_type: 'bert',
    architectures: ['BertForSequenceClassification'],
    id2label: Object.fromEntries(labels.entries()),
  };
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  await writeFile(join(folder, 'tokenizer.json'), tokenizer);
  await writeFile(
    join(folder, 'tokenizer_config.json'),
    JSON.stringify({ tokenizer_class: 'BertTokenizer', pad_token: '[PAD]', model_max_length: 64 }),
  );
  await writeFile(join(folder, 'onnx/model.onnx'), votingModel(table, labels.length));
}

/** logits [B, labels] = sum over the tokens of a text of table[token] * mask */
function votingModel(table: Float32Array, labels: number): Uint8Array {
  const node = (op: string, inputs: string[], output: string, attributes = {}) => ({
    op,
    domain: '',
    inputs,
    outputs: [output],
    attributes,
  });
  return encodeModel({
    inputs: ['input_ids', 'attention_mask'].map((name) => ({ name, dtype: 'int64', shape: [ANY, ANY] })),
    initializers: [
      { name: 'table', dtype: 'float32', shape: [table.length / labels, labels], values: table },
      { name: 'last', dtype: 'int64', shape: [1], values: BigInt64Array.of(-1n) },
      { name: 'tokens', dtype: 'int64', shape: [1], values: BigInt64Array.of(1n) },
    ],
    nodes: [
      node('Gather', ['table', 'input_ids'], 'votes'), // [B, N, labels]
      node('Cast', ['attention_mask'], 'used', { to: 1 }),
      node('Unsqueeze', ['used', 'last'], 'mask'), // [B, N, 1]
      node('Mul', ['votes', 'mask'], 'counted'),
      node('ReduceSum', ['counted', 'tokens'], 'logits', { keepdims: 0 }),
    ],
    outputs: [{ name: 'logits', dtype: 'float32', shape: [ANY, labels] }],
  });
}
