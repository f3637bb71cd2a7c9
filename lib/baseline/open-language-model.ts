import type { NextWords } from './next-words.js';
import type { Device } from '../engine/types.js';
import { languageModelOf, loadLanguageModel } from '../model/causal/language-model-checkpoint.js';
import { locate } from '../base/locate.js';

/** A language model that was read, and the hash of its weights. */
export interface OpenLanguageModel {
  readonly model: NextWords;
  readonly hash: string;
}

/** Errors: an InputError where the folder holds no language model. */
export async function openLanguageModel(folder: string, device: Device): Promise<OpenLanguageModel> {
  const checkpoint = await loadLanguageModel(locate(folder));
  return { model: languageModelOf(device, checkpoint), hash: checkpoint.hash };
}
