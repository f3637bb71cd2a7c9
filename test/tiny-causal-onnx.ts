import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeModel } from '../lib/engine/onnx/encode.js';
import { fixture } from './text/helpers.js';

const ANY = -1; // a size that each batch chooses

/** Ids of a tiny model's tokens. */
export interface TinyTokens {
  readonly vocab: Readonly<Record<string, number>>;
  readonly size: number;
}

/**
 * Writes a causal language model of the kind that transformers.js runs: the scores of the next token depend only on the last token.
 *
 * @param scores of pairs such as `the river`, or `the [SEP]` for an end; all other pairs have 0
 */
export async function writeTinyCausal(folder: string, scores: Readonly<Record<string, number>>): Promise<TinyTokens> {
  const tokenizer = await readFile(fixture('tokenizers/wordpiece/tokenizer.json'), 'utf8');
  const { vocab } = (JSON.parse(tokenizer) as { model: { vocab: Record<string, number> } }).model;
  const size = Math.max(...Object.values(vocab)) + 1;
  const table = new Float32Array(size * size); // [V, V]
  for (const [pair, score] of Object.entries(scores)) {
    const [last, next] = pair.split(' ') as [string, string];
    table[vocab[last]! * size + vocab[next]!] = score;
  }
  await mkdir(join(folder, 'onnx'), { recursive: true });
  const config = { model_type: 'gpt2', n_head: 1, n_layer: 1, n_embd: 4, n_positions: 8, eos_token_id: vocab['[SEP]'] };
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  await writeFile(join(folder, 'tokenizer.json'), tokenizer);
  await writeFile(join(folder, 'tokenizer_config.json'), JSON.stringify({ tokenizer_class: 'BertTokenizer' }));
  await writeFile(join(folder, 'onnx/model.onnx'), bigramModel(table, size));
  return { vocab, size };
}

/** logits [B, N, V] = table[token] */
const bigramModel = (table: Float32Array, size: number): Uint8Array =>
  encodeModel({
    inputs: [{ name: 'input_ids', dtype: 'int64', shape: [ANY, ANY] }],
    initializers: [{ name: 'table', dtype: 'float32', shape: [size, size], values: table }],
    nodes: [{ op: 'Gather', domain: '', inputs: ['table', 'input_ids'], outputs: ['logits'], attributes: {} }],
    outputs: [{ name: 'logits', dtype: 'float32', shape: [ANY, ANY, size] }],
  });
