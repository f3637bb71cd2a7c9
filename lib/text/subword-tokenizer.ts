import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PreTrainedTokenizer } from '@xenova/transformers';
import { inputError, InputError, messageOf, type Problem } from '../base/errors.js';
import { writeAside } from '../base/files.js';
import { isRecord } from '../base/is-record.js';
import type { Tokenizer, Vocabulary } from './types.js';
import { vocabularyWith, type SpecialIds } from './vocabulary.js';

/** Names of the special tokens in a foreign tokenizer, if they are not among the usual ones. */
export type SpecialNames = { readonly [K in keyof SpecialIds]?: string };

/** Usual names; the first one that the tokenizer has is used. */
const USUAL_NAMES: Record<keyof SpecialIds, readonly string[]> = {
  pad: ['[PAD]', '<pad>', '<|pad|>', 'PAD'],
  unk: ['[UNK]', '<unk>', '<|unk|>', 'UNK'],
  start: ['[CLS]', '<s>', '<bos>', '<|startoftext|>', 'START'],
  end: ['[SEP]', '</s>', '<eos>', '<|endoftext|>', 'END'],
};

/** The field of `tokenizer_config.json` for the names of the special tokens of a saved tokenizer. */
const SAVED_NAMES = 'diffusteer_special_tokens';

/** The two files of a Hugging Face tokenizer; `config` is `{}` if there is no `tokenizer_config.json`. */
export interface TokenizerFiles {
  readonly path: string;
  readonly json: Readonly<Record<string, unknown>>;
  readonly config: Readonly<Record<string, unknown>>;
}

/**
 * Builds a tokenizer from the Hugging Face format: WordPiece, BPE, Unigram or any other that transformers.js knows.
 *
 * @throws InputError if transformers.js cannot load it, or special tokens are missing
 */
export async function subwordTokenizer(files: TokenizerFiles, names?: SpecialNames): Promise<Tokenizer> {
  const { path, json, config } = files;
  checkIds(files);
  const inner = await construct(files);
  const vocabulary = subwordVocabulary(path, inner.get_vocab(), names ?? savedNames(config));
  const { tokens, unk } = vocabulary;
  const used = pick(vocabulary, (i) => tokens[i] as string);
  // The vocabulary has no id for the name of the unknown token, so detokenize needs a map of all tokens.
  const ids = new Map(tokens.map((token, i) => [token, i]));
  return {
    level: 'subword',
    vocabulary,
    tokenize: (text) => inner.encode(text, { add_special_tokens: false }).map((i) => tokens[i] ?? (tokens[unk] as string)),
    detokenize(words) {
      if (words.length === 0) return ''; // transformers.js throws on it
      const list = words.map((word) => ids.get(word) ?? unk);
      return inner.decode(list, { skip_special_tokens: true });
    },
    async save(folder) {
      await mkdir(folder, { recursive: true });
      await writeAside(join(folder, 'tokenizer.json'), JSON.stringify(json));
      await writeAside(join(folder, 'tokenizer_config.json'), JSON.stringify({ ...config, [SAVED_NAMES]: used }));
    },
  };
}

/** Refuses ids with large gaps before transformers.js fills them. @throws InputError */
function checkIds({ path, json }: TokenizerFiles): void {
  const { model, added_tokens: added } = json;
  const vocab: unknown = isRecord(model) ? model['vocab'] : undefined;
  const listed = Array.isArray(vocab) ? vocab.length : 0; // of a Unigram tokenizer, whose ids are positions
  const ids = isRecord(vocab) ? Object.values(vocab) : [];
  if (Array.isArray(added)) for (const token of added) if (isRecord(token)) ids.push(token['id']);
  const wrong = ids.find((id) => typeof id === 'number' && !isPlausible(id, ids.length + listed));
  if (wrong !== undefined)
    throw inputError(path, `${GAPS}, got the id ${JSON.stringify(wrong)} among ${ids.length + listed} tokens`);
}

const GAPS = '/model/vocab: expected token ids from 0 without large gaps';

const isPlausible = (id: number, tokens: number): boolean => Number.isSafeInteger(id) && id >= 0 && id < 2 * tokens + 1000;

function savedNames(config: TokenizerFiles['config']): SpecialNames {
  const saved = Object.entries((config[SAVED_NAMES] ?? {}) as object);
  return Object.fromEntries(saved.filter(([, name]) => typeof name === 'string'));
}

/** Loads transformers.js only when needed, because it brings onnxruntime and an image library along. */
async function construct({ path, json, config }: TokenizerFiles): Promise<PreTrainedTokenizer> {
  const { PreTrainedTokenizer } = await import('@xenova/transformers');
  try {
    return new PreTrainedTokenizer(json, config);
  } catch (error) {
    throw inputError(
      path,
      `transformers.js cannot load this tokenizer (${messageOf(error)}); expected the Hugging Face tokenizer format`,
    );
  }
}

function subwordVocabulary(path: string, all: ReadonlyMap<string, number>, names: SpecialNames): Vocabulary {
  let size = 0; // too many ids to spread into Math.max
  for (const i of all.values()) size = Math.max(size, i + 1);
  if (!(size > 0) || !isPlausible(size - 1, all.size)) throw inputError(path, GAPS);
  const tokens = Array.from({ length: size }, (_, i) => `<no token ${i}>`);
  for (const [token, i] of all) tokens[i] = token;
  const problems: Problem[] = [];
  const special = pick(USUAL_NAMES, (usual, role) => {
    const tried = names[role] === undefined ? usual : [names[role]];
    const found = tried.find((name) => all.has(name));
    if (found === undefined)
      problems.push({
        path: `/added_tokens`,
        message: `there is no ${role} token, expected ${tried.join(' or ')}; add one, or name the token to use for ${role}`,
      });
    return all.get(found ?? '') ?? -1;
  });
  if (problems.length === 0 && new Set(Object.values(special)).size < 4)
    problems.push({ path: '/added_tokens', message: 'pad, unk, start and end: expected four different tokens' });
  if (problems.length > 0) throw new InputError(path, problems);
  return vocabularyWith(tokens, special);
}

/** Maps the values of the four special tokens. */
function pick<T, R>(from: Record<keyof SpecialIds, T>, value: (of: T, role: keyof SpecialIds) => R): Record<keyof SpecialIds, R> {
  const { pad, unk, start, end } = from;
  return { pad: value(pad, 'pad'), unk: value(unk, 'unk'), start: value(start, 'start'), end: value(end, 'end') };
}
