import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Tensor } from '@xenova/transformers';
import { inputError } from '../../base/errors.js';
import { loadFolder } from './transformers-folder.js';

/** A feature-extraction model in the layout of transformers.js. */
const FILES = ['config.json', 'tokenizer.json', 'tokenizer_config.json', join('onnx', 'model.onnx')];

/** A text embedder that no guide uses. */
export interface TextEmbedder {
  /** Name of the model, for reports. */
  readonly by: string;
  /** Returns the last hidden states of each text's tokens, without special tokens, each [D]. */
  tokenVectors(texts: readonly string[]): Promise<Float32Array[][]>;
  dispose(): Promise<void>;
}

/** Checks that a folder has the files of an embedder. @throws InputError that names those it lacks */
export function checkTextEmbedder(folder: string): void {
  const missing = FILES.filter((name) => !existsSync(join(folder, name)));
  if (missing.length > 0) throw inputError(folder, `expected a folder with ${FILES.join(', ')}; it lacks ${missing.join(', ')}`);
}

/**
 * Loads the model of a folder from disk, without network access.
 *
 * @throws InputError if files are missing or it gives no hidden states
 */
export async function loadTextEmbedder(folder: string): Promise<TextEmbedder> {
  checkTextEmbedder(folder);
  const { tokenizer, model } = await loadFolder(folder, 'AutoModel', 'embedding model');
  const special = new Set(tokenizer.all_special_ids.map(Number));
  return {
    by: `${basename(resolve(folder))}, by transformers.js`,
    async tokenVectors(texts) {
      const vectors: Float32Array[][] = [];
      for (const text of texts) {
        const inputs = tokenizer([text], { truncation: true }) as { input_ids: Tensor }; // one by one, so no padding is needed
        const { last_hidden_state: states } = (await model(inputs)) as { last_hidden_state?: Tensor };
        if (states?.dims.length !== 3)
          throw inputError(folder, 'expected a model whose output is last_hidden_state, [B, N, D]; it has none');
        const ids = [...(inputs.input_ids.data as BigInt64Array)].map(Number);
        const width = states.dims[2]!;
        const data = states.data as Float32Array; // [1, N, D]
        vectors.push(
          ids.flatMap((id, at) => (special.has(id) ? [] : [Float32Array.from(data.subarray(at * width, (at + 1) * width))])),
        );
      }
      return vectors;
    },
    dispose: async () => void (await model.dispose()),
  };
}
