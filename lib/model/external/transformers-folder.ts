import { basename, dirname, resolve } from 'node:path';
import type { PreTrainedModel, PreTrainedTokenizer } from '@xenova/transformers';
import { inputError, messageOf } from '../../base/errors.js';

export interface LoadedFolder {
  readonly tokenizer: PreTrainedTokenizer;
  readonly model: PreTrainedModel;
}

type Kind = 'AutoModel' | 'AutoModelForSequenceClassification' | 'AutoModelForCausalLM';

/**
 * A model and its tokenizer from a folder in the layout of transformers.js, from the disk alone. That library knows folders by a path
 * that is set for the whole process: it is set for the time of loading only.
 *
 * @param what the model is, for an error
 * @param file name of the network in onnx/, without .onnx
 * Errors: an InputError where onnxruntime or the tokenizer cannot use it.
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
