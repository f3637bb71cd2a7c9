import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PreTrainedModel, Tensor } from '@xenova/transformers';
import { inputError, messageOf } from '../../base/errors.js';
import type { Cost } from '../causal/language-model.js';
import { windowsOf, type Window } from '../causal/reading-windows.js';
import { loadFolder } from './transformers-folder.js';

/**
 * A causal language model in the layout of transformers.js: the output of `optimum-cli export onnx`, with the network in its own
 * folder.
 */
const FILES = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];
const NETWORKS = ['model', 'decoder_model_merged'];

/** Texts per call of the network. */
const BATCH = 8;

export interface OnnxLanguageModel {
  /** Returns the negative log-probability of each text's tokens under the model's own tokenizer, and of its end token. */
  nats(texts: readonly string[]): Promise<Cost[]>;
  dispose(): Promise<void>;
}

interface CausalConfig {
  readonly bos_token_id?: number | null;
  readonly eos_token_id?: number | readonly number[] | null;
  readonly max_position_embeddings?: number;
  readonly n_positions?: number;
}

/** Returns why a folder is no causal language model, or undefined if it is one. */
export function causalObstacle(folder: string): string | undefined {
  const missing = FILES.filter((name) => !existsSync(join(folder, name)));
  if (networkOf(folder) === undefined) missing.push(join('onnx', 'model.onnx'));
  if (missing.length > 0)
    return `expected a folder with ${[...FILES, 'onnx/model.onnx'].join(', ')}; ${folder} lacks ${missing.join(', ')}`;
  try {
    const ends = endOf(readConfig(folder)) !== undefined;
    return ends ? undefined : `expected eos_token_id, the token that ends a text, in ${folder}/config.json, got nothing`;
  } catch (error) {
    return `${join(folder, 'config.json')} is not JSON: ${messageOf(error)}`;
  }
}

const networkOf = (folder: string): string | undefined =>
  NETWORKS.find((name) => existsSync(join(folder, 'onnx', `${name}.onnx`)));

const readConfig = (folder: string): CausalConfig =>
  JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as CausalConfig;

const endOf = ({ eos_token_id: eos }: CausalConfig): number | undefined => [eos].flat()[0] ?? undefined;

/**
 * Loads the model from disk, without network access.
 *
 * @throws InputError that says what is missing or what onnxruntime cannot use
 */
export async function loadOnnxLanguageModel(folder: string): Promise<OnnxLanguageModel> {
  const obstacle = causalObstacle(folder);
  if (obstacle !== undefined) throw inputError(folder, obstacle);
  const config = readConfig(folder);
  const end = endOf(config)!;
  const begin = config.bos_token_id ?? end; // without BOS, a text starts after the end of another
  const longest = Math.min(1024, config.max_position_embeddings ?? config.n_positions ?? 1024);
  const { tokenizer, model } = await loadFolder(folder, 'AutoModelForCausalLM', 'causal language model', networkOf(folder)!);
  return {
    async nats(texts) {
      const tokens = texts.map((text) => [...tokenizer.encode(text, { add_special_tokens: false }), end]);
      const costs = tokens.map((ids) => ({ nats: 0, tokens: ids.length }));
      const windows = tokens.flatMap((ids, text) => windowsOf(begin, ids, longest).map((window) => ({ ...window, text })));
      windows.sort((a, b) => a.ids.length - b.ids.length);
      for (let at = 0; at < windows.length; at += BATCH) {
        const part = windows.slice(at, at + BATCH);
        const nats = await costOf(part, model, folder);
        part.forEach(({ text }, i) => (costs[text]!.nats += nats[i]!));
      }
      return costs;
    },
    dispose: async () => void (await model.dispose()),
  };
}

/** Returns the summed cost of the counted tokens of each window. */
async function costOf(windows: readonly Window[], model: PreTrainedModel, folder: string): Promise<number[]> {
  const { Tensor: TensorOf } = await import('@xenova/transformers');
  const length = Math.max(...windows.map(({ ids }) => ids.length));
  const filled = (valueOf: (window: Window, at: number) => number): Tensor => {
    const data = windows.flatMap((window) => Array.from({ length }, (_, at) => BigInt(valueOf(window, at))));
    return new TensorOf('int64', BigInt64Array.from(data), [windows.length, length]);
  };
  // Padded on the right, where causal attention never looks.
  const feeds: unknown = {
    input_ids: filled(({ ids }, at) => ids[at] ?? 0),
    attention_mask: filled(({ ids }, at) => (at < ids.length ? 1 : 0)),
  };
  const { logits } = (await model(feeds)) as { logits: Tensor };
  const [rows, positions, size] = logits.dims as [number, number, number];
  if (rows !== windows.length || positions !== length)
    throw inputError(folder, `expected logits [${windows.length}, ${length}, V] of the network, got [${logits.dims.join(', ')}]`);
  const scores = logits.data as Float32Array; // [B, N, V]
  return windows.map(({ ids, from }, row) => {
    let nats = 0;
    for (let at = from; at + 1 < ids.length; at++) {
      const begin = (row * length + at) * size;
      nats += logSumExp(scores.subarray(begin, begin + size)) - scores[begin + ids[at + 1]!]!;
    }
    return nats;
  });
}

function logSumExp(values: Float32Array): number {
  let largest = -Infinity;
  for (const value of values) largest = Math.max(largest, value);
  let sum = 0;
  for (const value of values) sum += Math.exp(value - largest);
  return largest + Math.log(sum);
}
