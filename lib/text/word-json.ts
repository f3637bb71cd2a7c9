import { type Static, Type } from '@sinclair/typebox';
import { Ajv } from 'ajv';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { inputError } from '../base/errors.js';
import { writeAside } from '../base/files.js';
import { type Split, TOKEN_PATTERN } from './split-words.js';
import type { Vocabulary } from './types.js';
import { vocabularyWith } from './vocabulary.js';

/** Names of the special tokens of a word tokenizer. */
const SPECIAL = { pad: 'PAD', unk: 'UNK', start: 'START', end: 'END' };

/**
 * The decoder that marks files of diffusteer, because Hugging Face loaders refuse unknown keys. It would join pieces that begin with a space
 * to the previous word, and no word does.
 */
const DECODER = { type: 'WordPiece', prefix: ' ' };

/** The decoder of a tokenizer of characters, which joins them without spaces. */
const FUSE = { type: 'Fuse' };

const isolated = (pattern: string) => ({ type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false });
const SPACES = { type: 'WhitespaceSplit' };
const PRE_TOKENIZERS: Readonly<Record<Split, object>> = {
  words: { type: 'Sequence', pretokenizers: [SPACES, isolated(TOKEN_PATTERN)] },
  spaces: SPACES,
  characters: isolated(String.raw`[\s\S]`),
};

const schema = Type.Object({
  model: Type.Object({ vocab: Type.Record(Type.String(), Type.Integer({ minimum: 0 })) }),
  pre_tokenizer: Type.Object({ type: Type.String() }),
});

/** Leaves out the check of the schema itself, which takes longer than that of a tokenizer. */
const matches = new Ajv({ validateSchema: false }).compile<Static<typeof schema>>(schema);

/**
 * Writes a word tokenizer to a folder: `tokenizer.json` in the Hugging Face format, and the small `tokenizer_config.json` that Hugging Face
 * loaders need.
 */
export async function saveWordTokenizer(folder: string, vocabulary: Vocabulary, split: Split): Promise<void> {
  const config = {
    tokenizer_class: 'PreTrainedTokenizerFast',
    pad_token: SPECIAL.pad,
    unk_token: SPECIAL.unk,
    bos_token: SPECIAL.start,
    eos_token: SPECIAL.end,
  };
  await mkdir(folder, { recursive: true });
  await writeAside(join(folder, 'tokenizer.json'), asText(wordJson(vocabulary, split)));
  await writeAside(join(folder, 'tokenizer_config.json'), asText(config));
}

const asText = (value: object): string => `${JSON.stringify(value, undefined, 1)}\n`;

/**
 * Returns a WordLevel model with the split as a pattern. The format cannot express two things: that a word spelled like a special token is
 * unknown, and how `joinWords` omits spaces; its decoder only removes spaces before punctuation.
 */
function wordJson({ tokens, pad, unk, start, end }: Vocabulary, split: Split): object {
  const flags = { single_word: true, lstrip: false, rstrip: false, normalized: false, special: true };
  const words = split === 'words';
  const characters = split === 'characters';
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [pad, unk, start, end].sort((a, b) => a - b).map((id) => ({ id, content: tokens[id], ...flags })),
    normalizer: words || characters ? { type: 'NFC' } : null,
    pre_tokenizer: PRE_TOKENIZERS[split],
    post_processor: null,
    decoder: characters ? FUSE : { ...DECODER, cleanup: words },
    model: { type: 'WordLevel', vocab: Object.fromEntries(tokens.map((token, id) => [token, id])), unk_token: tokens[unk] },
  };
}

/** Returns whether `saveWordTokenizer` wrote a `tokenizer.json`. */
export function isWordJson(json: Readonly<Record<string, unknown>>): boolean {
  const model = json.model as { type?: unknown } | null | undefined;
  if (model?.type !== 'WordLevel') return false;
  const decoder = json.decoder as { type?: unknown; prefix?: unknown } | null | undefined;
  const isOfWords = decoder?.type === DECODER.type && decoder.prefix === DECODER.prefix;
  return isOfWords || (decoder?.type === FUSE.type && isDeepStrictEqual(json.pre_tokenizer, PRE_TOKENIZERS.characters));
}

/**
 * Reads the vocabulary and the split of a `tokenizer.json` that `saveWordTokenizer` wrote.
 *
 * @throws InputError if the file was damaged, or another version wrote it
 */
export function parseWordJson(path: string, json: unknown): { vocabulary: Vocabulary; split: Split } {
  if (!matches(json)) {
    const [first] = matches.errors ?? [];
    throw inputError(path, `${first?.instancePath ?? ''} ${first?.message}; expected a word tokenizer as diffusteer saves it`);
  }
  const entries = Object.entries(json.model.vocab);
  const tokens: string[] = [];
  for (const [token, id] of entries) if (id < entries.length) tokens[id] = token;
  if (!entries.every((_, id) => tokens[id] !== undefined))
    throw inputError(path, `/model/vocab: expected the ids 0 to ${entries.length - 1}, each once; save the tokenizer again`);
  const id = (role: keyof typeof SPECIAL): number => {
    const found = tokens.indexOf(SPECIAL[role]);
    if (found < 0) throw inputError(path, `/model/vocab: the token ${SPECIAL[role]} is missing; save the tokenizer again`);
    return found;
  };
  const special = { pad: id('pad'), unk: id('unk'), start: id('start'), end: id('end') };
  return { vocabulary: vocabularyWith(tokens, special), split: splitOf(path, json.pre_tokenizer) };
}

function splitOf(path: string, preTokenizer: object): Split {
  const splits = Object.keys(PRE_TOKENIZERS) as Split[];
  const found = splits.find((split) => isDeepStrictEqual(preTokenizer, PRE_TOKENIZERS[split]));
  if (found !== undefined) return found;
  throw inputError(
    path,
    '/pre_tokenizer: this version of diffusteer splits words in another way; use the version that wrote the file',
  );
}
