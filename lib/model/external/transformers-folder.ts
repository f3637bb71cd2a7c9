import '../../base/no-telemetry.js';
import { basename, dirname, resolve } from 'node:path';
import type { PreTrainedModel, PreTrainedTokenizer } from '@xenova/transformers';
import { inputError, messageOf } from '../../base/errors.js';

export interface LoadedFolder {
  readonly tokenizer: PreTrainedTokenizer;
  readonly model: PreTrainedModel;
}

type Kind =
  | 'AutoModel'
  | 'AutoModelForSequenceClassification'
  | 'AutoModelForCausalLM'
  | 'CLIPTextModelWithProjection'
  | 'CLIPVisionModelWithProjection';

/**
 * Loads a model and its tokenizer from a folder in the layout of transformers.js, without network access.
 *
 * @param what kind of model, for messages
 * @param file name of the network in onnx/, without .onnx
 * @throws InputError if onnxruntime or the tokenizer cannot use it
 */
export const loadFolder = (folder: string, kind: Kind, what: string, file = 'model'): Promise<LoadedFolder> =>
  withFolderOf(folder, what, async (transformers, name) => {
    const tokenizer = await transformers.AutoTokenizer.from_pretrained(name, { local_files_only: true });
    const options = { local_files_only: true, dtype: 'fp32', device: 'cpu', model_file_name: file } as const;
    return { tokenizer, model: await transformers[kind].from_pretrained(name, options) };
  });

/**
 * Loads parts of a folder with transformers.js, which finds folders through a process-wide path; it is set only while loading.
 *
 * @throws InputError if `load` fails
 */
export async function withFolderOf<T>(
  folder: string,
  what: string,
  load: (transformers: typeof import('@xenova/transformers'), name: string) => Promise<T>,
): Promise<T> {
  const transformers = await import('@xenova/transformers');
  const { env } = transformers;
  const { localModelPath } = env;
  const [parent, name] = [dirname(resolve(folder)), basename(resolve(folder))];
  env.localModelPath = parent;
  try {
    return await load(transformers, name);
  } catch (error) {
    throw inputError(folder, `transformers.js cannot load this ${what}: ${messageOf(error)}`);
  } finally {
    env.localModelPath = localModelPath;
  }
}
