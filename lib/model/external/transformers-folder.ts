import { basename, dirname, resolve } from 'node:path';
import type { PreTrainedModel, PreTrainedTokenizer } from '@xenova/transformers';
import { inputError, messageOf } from '../../base/errors.js';

export interface LoadedFolder {
  readonly tokenizer: PreTrainedTokenizer;
  readonly model: PreTrainedModel;
}

type Kind = 'AutoModel' | 'AutoModelForSequenceClassification' | 'AutoModelForCausalLM';

/**
 * Loads a model and its tokenizer from a folder in the layout of transformers.js, without network access. That library finds
 * folders through a process-wide path, which is set only while loading.
 *
 * @param what kind of model, for messages
 * @param file name of the network in onnx/, without .onnx
 * @throws InputError if onnxruntime or the tokenizer cannot use it
 */
export async function loadFolder(folder: string, kind: Kind, what: string, file = 'model'): Promise<LoadedFolder> {
  const transformers = await import('@xenova/transformers');
  const { env } = transformers;
  const { localModelPath } = env;
  const [parent, name] = [dirname(resolve(folder)), basename(resolve(folder))];
  env.localModelPath = parent;
  try {
    const tokenizer = await transformers.AutoTokenizer.from_pretrained(name, { local_files_only: true });
    const options = { local_files_only: true, dtype: 'fp32', device: 'cpu', model_file_name: file } as const;
    return { tokenizer, model: await transformers[kind].from_pretrained(name, options) };
  } catch (error) {
    throw inputError(folder, `transformers.js cannot load this ${what}: ${messageOf(error)}`);
  } finally {
    env.localModelPath = localModelPath;
  }
}
