import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import regex from '../../guidance/regex.js';
import { compileExpression, tokenRegexOf, wordIds } from '../../lib/automaton/index.js';
import { checkConfig, readTargets, soundPart } from '../../lib/config/index.js';
import { jsonErrorOffset } from '../../lib/config/json-error.js';
import { scoreLines } from '../../lib/evaluate/score-lines.js';
import { readSafetensors, writeSafetensors } from '../../lib/model/checkpoint/safetensors.js';
import { readManifest } from '../../lib/run/manifest.js';
import { sampleLines } from '../../lib/run/read-samples.js';
import { secondsPerText } from '../../lib/run/timing.js';
import { tracesIn } from '../../lib/run/traces-file.js';
import { readCorpus } from '../../lib/text/corpus.js';
import { csvRows } from '../../lib/text/csv.js';
import { parseGrammar } from '../../lib/text/grammar/index.js';
import { infillTemplateProblems } from '../../lib/text/infill-template.js';
import { loadTokenizer } from '../../lib/text/load-tokenizer.js';
import { readMeaning } from '../../lib/text/meaning.js';
import { readParses } from '../../lib/text/parses.js';
import { readBracketing } from '../../lib/text/penn-tree.js';
import { splitWords } from '../../lib/text/split-words.js';
import { parseTemplate } from '../../lib/text/template.js';
import { parseWordRegex } from '../../lib/text/word-regex.js';
import { contractModel } from '../guide-contract.js';
import { floats, tokenizer, vocabulary } from '../tiny-model.js';
import { changed, damaged, texts } from './inputs.js';

/** A reader of input that somebody else wrote. */
export interface FuzzedReader {
  readonly name: string;
  readonly inputs: fc.Arbitrary<unknown>;
  /** Reads an input; a DiffusteerError is the right answer to a wrong one. */
  read(input: never): unknown;
  /** Whether it waits for files, so that others can work at the same time. */
  readonly waits?: true;
}

const reader = <T>(name: string, inputs: fc.Arbitrary<T>, read: (input: T) => unknown): FuzzedReader => ({ name, inputs, read });

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}

const config = {
  model: 'models/e2e',
  targets: [{ a: 1 }],
  guidance: [
    {
      any: [
        { guide: 'length', length: { from: 'a' } },
        { not: { guide: 'regex', pattern: '.' }, weight: 'auto' },
      ],
    },
  ],
  sampler: { name: 'ddim', steps: 20, temperature: 1 },
  decode: { name: 'mbr', candidates: 3 },
  output: 'runs/x',
};
const sample = {
  id: '0-0',
  target: { a: 1 },
  sample: 0,
  tokens: ['a', 'b'],
  text: 'a b',
  guides: { length: { logProb: 0 } },
  seed: 1,
};
const score = { id: '0-0', sample: 0, guides: { length: { value: 1, also: { near: { part: 1, whole: 2 } } } }, fluency: { lm: { nats: 3, tokens: 3 } } }; // prettier-ignore
const trace = { id: '0-0', sample: 0, steps: [{ step: 0, time: 1, tokens: ['a'], entropy: [1], guides: { length: null } }] };
const manifest = { config, version: '1', node: 'v20', device: 'cpu', threads: 1, precision: 'float32', model: { path: 'm', hash: 'h' }, texts: 1 }; // prettier-ignore
const parse = { line: 0, sentences: [{ words: ['a'], tags: ['DT'], upos: ['DET'], tree: '(NP (DT a))' }] };
const wordPiece = {
  version: '1.0',
  added_tokens: [{ id: 1, content: '[PAD]', special: true }],
  model: { type: 'WordPiece', unk_token: '[UNK]', vocab: { '[UNK]': 0, '[PAD]': 1, '[CLS]': 2, '[SEP]': 3, a: 4 } },
};
/** JSON of anything: of undefined, the empty text. */
const jsonOf = (value: unknown): string => (JSON.stringify(value) as string | undefined) ?? '';
const bytes = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value)}\n`);
const PATTERN_SIGNS = ['The', ' ', 'pond', '.', '(', ')', '|', '*', '+', '?', '{0,30}', '{3}', '{1000}', '[', '^', ']', '<NOUN>', '{where}', '"', '\\']; // prettier-ignore
const lists = { where: ['old garden', 'pond'] };
const meanings = { any: wordIds(vocabulary), word: () => [5], name: () => [[[6, 7]], [[6], [8]]] };

/** Returns all readers. @param folder an empty folder for the files that they read */
export async function fuzzedReaders(folder: string): Promise<FuzzedReader[]> {
  const file = (name: string, content: Uint8Array | string): string => {
    writeFileSync(join(folder, name), content); // a thousand small files take half the time that promises take
    return join(folder, name);
  };
  await mkdir(join(folder, 'words'));
  await mkdir(join(folder, 'foreign'));
  await tokenizer.save(join(folder, 'words'));
  const words = await readFile(join(folder, 'words/tokenizer.json'));
  const tensors = join(folder, 'valid.safetensors');
  await writeSafetensors(tensors, { a: floats([2, 2], [1, 2, 3, 4]), b: floats([1], [5]) }, { metadata: { step: '3' } });
  const weights = await readFile(tensors);
  const inFolder = (name: string, valid: Uint8Array, read: (path: string) => unknown) => ({
    ...reader(name, damaged(valid), (content) => read(file(name, content))),
    waits: true as const,
  });
  return [
    reader('configs', changed(config), (value) => checkConfig('generate', value)),
    reader('sound parts of configs', changed(config), (value) => soundPart('generate', value)),
    reader('overrides', fc.array(texts('guidance', '.', '0', '=', '[', ']', '{', '}', '1', 'sampler', 'steps', '"')), (set) => checkConfig('generate', config, { set })), // prettier-ignore
    reader(
      'broken JSON',
      texts('{', '}', '[', ']', ',', ':', '"', '\\', '\\u12', '1', '-', 'e', 'true', 'null', ' ', '\n'),
      checkOffset,
    ),
    reader('CSV', texts('a', ',', '"', '\n', '\r\n', '\r', ' ', '""'), (text) => csvRows('a.csv', text, undefined)),
    reader('patterns', texts(...PATTERN_SIGNS), (text) => compileExpression(tokenRegexOf(parseWordRegex(text, splitWords), meanings), vocabulary.size)), // prettier-ignore
    reader('options of regex', texts(...PATTERN_SIGNS), (pattern) => regex.check({ pattern, lists, ignoreCase: false }, { model: contractModel, via: 'posterior', classes: [] })), // prettier-ignore
    reader('grammars', texts('s', 't', ' ', '::=', '"The"', '|', '*', '?', '{3}', '(', ')', '[', '^', ']', '<NOUN>', '.', '\n', '*'.repeat(300)), (text) => parseGrammar(text, splitWords)), // prettier-ignore
    reader('templates', texts('The', ' ', '_', '_:3', '_:1-4', '_:', '...', '<ADJ>', '{where}', '\\', '.'), (text) => parseTemplate(text, splitWords)), // prettier-ignore
    reader('infill templates', texts('The', ' ', '_', '_:3', '_:1-4', '_:4096', '_:', '...', '*', '\\', ','), (text) => infillTemplateProblems(text)), // prettier-ignore
    reader('trees', texts('(', ')', 'S', 'NP', ' ', '-LRB-', 'pond', '('.repeat(300)), readBracketing),
    reader('meanings', texts('name', '[', ']', ',', ' ', 'The pond', '('), readMeaning),
    inFolder('targets.jsonl', bytes({ a: [1, { b: 'ä' }] }), readTargets),
    inFolder('corpus.jsonl', bytes({ text: 'A pond.' }), (path) => readCorpus(path)),
    inFolder('corpus.csv', Buffer.from('text,x\n"a ""b"" c",1\nd,2\n'), (path) => readCorpus(path, { column: 'text' })),
    inFolder('corpus.txt.gz', gzipSync('A pond.\nA garden.\n'), (path) => readCorpus(path)),
    inFolder('parses.jsonl', bytes(parse), readParses),
    inFolder('weights.safetensors', weights, readSafetensors),
    inFolder('tokenizer.json', words, () => loadTokenizer(folder)),
    {
      ...reader('foreign tokenizers', changed(wordPiece), (value) =>
        loadTokenizer(join(file('foreign/tokenizer.json', jsonOf(value)), '..')),
      ),
      waits: true,
    },
    inFolder('run.json', bytes(manifest), readManifest),
    inFolder('samples.jsonl', Buffer.concat([bytes(sample), bytes({ ...sample, id: '0-1' })]), (path) =>
      drain(sampleLines(path)),
    ),
    inFolder('scores.jsonl', bytes(score), (path) => drain(scoreLines(path))),
    inFolder('traces.jsonl', bytes(trace), () => drain(tracesIn(folder))),
    inFolder('timing.jsonl', bytes({ shard: 0, texts: 3, ms: 40 }), async () => checkSeconds(await secondsPerText(folder))),
  ];
}

/** A text is broken exactly if JSON.parse refuses it, and then the offset lies in it or at its end. */
function checkOffset(text: string): void {
  const offset = jsonErrorOffset(text);
  let isJson = true;
  try {
    JSON.parse(text);
  } catch {
    isJson = false;
  }
  if (offset < 0 || offset > text.length) throw new Error(`offset ${offset} outside of ${text.length} characters`);
  if (isJson && offset < text.length) throw new Error(`an error at ${offset} of valid JSON`);
}

function checkSeconds(seconds: number | undefined): void {
  if (seconds !== undefined && !(seconds >= 0)) throw new Error(`${seconds} seconds per text`);
}
