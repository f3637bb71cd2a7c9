import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { inputError } from '../base/errors.js';
import { readText } from './read-text.js';
import { subwordTokenizer, type SpecialNames } from './subword-tokenizer.js';
import type { Tokenizer } from './types.js';
import { isWordJson, parseWordJson } from './word-json.js';
import { wordTokenizer } from './word-tokenizer.js';

/**
 * Loads the tokenizer of a folder from its `tokenizer.json`: one that diffusteer saved as a word tokenizer, any other of the Hugging Face
 * format as a subword tokenizer, with its `tokenizer_config.json` if there is one.
 *
 * @param names names of the special tokens of a foreign tokenizer, if they are unusual
 * @throws InputError if the files cannot be used
 */
export async function loadTokenizer(folder: string, names?: SpecialNames): Promise<Tokenizer> {
  const path = join(folder, 'tokenizer.json');
  const json = await readObject(path);
  if (isWordJson(json)) {
    const { vocabulary, split } = parseWordJson(path, json);
    return wordTokenizer(vocabulary, split);
  }
  const configPath = join(folder, 'tokenizer_config.json');
  const config = existsSync(configPath) ? await readObject(configPath) : {};
  return subwordTokenizer({ path, json, config }, names);
}

async function readObject(path: string): Promise<Record<string, unknown>> {
  const text = await readText(path);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw inputError(path, 'expected JSON, got something else; is the file complete?');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw inputError(path, 'expected a JSON object');
  return value as Record<string, unknown>;
}
