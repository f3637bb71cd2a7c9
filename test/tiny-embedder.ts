import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeModel } from '../lib/engine/onnx/encode.js';
import { fixture } from './text/helpers.js';

const WIDTH = 3;
const ANY = -1;

interface TinyEmbedder {
  /** Name of the output. */
  readonly output?: string;
  /** Returns the vector of a token in any context, [3]. */
  readonly vectorOf?: (token: string, id: number) => readonly number[];
}

/** Writes a sentence encoder in the layout of transformers.js, by default with the vector (id, 1, 0) for each token. Returns its vocabulary. */
export async function writeTinyEmbedder(
  folder: string,
  { output = 'last_hidden_state', vectorOf = (_, id) => [id, 1, 0] }: TinyEmbedder = {},
): Promise<Record<string, number>> {
  const tokenizer = await readFile(fixture('tokenizers/wordpiece/tokenizer.json'), 'utf8');
  const { vocab } = (JSON.parse(tokenizer) as { model: { vocab: Record<string, number> } }).model;
  const size = Math.max(...Object.values(vocab)) + 1;
  const values = new Float32Array(size * WIDTH); // [V, D]
  for (const [token, id] of Object.entries(vocab)) values.set(vectorOf(token, id), id * WIDTH);
  await mkdir(join(folder, 'onnx'), { recursive: true });
  await writeFile(join(folder, 'config.json'), JSON.stringify({ model_type: 'bert' }));
  await writeFile(join(folder, 'tokenizer.json'), tokenizer);
  const special = { cls_token: '[CLS]', sep_token: '[SEP]', pad_token: '[PAD]', unk_token: '[UNK]' };
  await writeFile(join(folder, 'tokenizer_config.json'), JSON.stringify({ tokenizer_class: 'BertTokenizer', ...special }));
  const model = encodeModel({
    inputs: [{ name: 'input_ids', dtype: 'int64', shape: [ANY, ANY] }],
    initializers: [{ name: 'table', dtype: 'float32', shape: [size, WIDTH], values }],
    nodes: [{ op: 'Gather', domain: '', inputs: ['table', 'input_ids'], outputs: [output], attributes: {} }],
    outputs: [{ name: output, dtype: 'float32', shape: [ANY, ANY, WIDTH] }],
  });
  await writeFile(join(folder, 'onnx/model.onnx'), model);
  return vocab;
}
