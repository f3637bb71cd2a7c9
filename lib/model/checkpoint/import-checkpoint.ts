import { vocabularyWith } from '../../text/vocabulary.js';
import { wordTokenizer } from '../../text/word-tokenizer.js';
import type { PaperConfig } from '../denoiser/config.js';
import { saveCheckpoint } from './checkpoint.js';
import { importOriginal } from './import.js';

/**
 * Turns a checkpoint of the original Diffusion-LM code into one of ours. @throws as importOriginal
 *
 * @param heads attention heads, which none of the original's files tells; by default one for 64 numbers of the width
 * @returns what the new config.json says
 */
export async function importCheckpoint(folder: string, output: string, heads?: number): Promise<PaperConfig> {
  const { config, tensors, tokens } = await importOriginal(folder, heads === undefined ? {} : { heads });
  const id = (token: string) => tokens.indexOf(token);
  const vocabulary = vocabularyWith(tokens, { pad: id('PAD'), unk: id('UNK'), start: id('START'), end: id('END') });
  await saveCheckpoint(output, { config, tokenizer: wordTokenizer(vocabulary), weights: tensors }, { float16: false });
  return config;
}
