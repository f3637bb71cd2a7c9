import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Split } from './split-words.js';
import type { Vocabulary } from './types.js';

/** Writes a word tokenizer as `tokenizer.json`. */
export async function saveWordTokenizer(folder: string, vocabulary: Vocabulary, split: Split): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'tokenizer.json'), `${JSON.stringify(wordJson(vocabulary, split), undefined, 1)}\n`);
}

/** The `tokenizer.json` of a word tokenizer, in the Hugging Face format. */
function wordJson({ tokens, pad, unk, start, end }: Vocabulary, split: Split): object {
  const special = [pad, unk, start, end].sort((a, b) => a - b);
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special.map((id) => ({ id, content: tokens[id], ...flags })),
    normalizer: { type: 'NFC' },
    pre_tokenizer: { type: 'WhitespaceSplit' },
    post_processor: null,
    decoder: null,
    model: { type: 'WordLevel', vocab: Object.fromEntries(tokens.map((token, id) => [token, id])), unk_token: tokens[unk] },
    diffusteer: { level: 'word', split, pad, unk, start, end },
  };
}
