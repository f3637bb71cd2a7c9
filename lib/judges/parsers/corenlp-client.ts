import { messageOf } from '../../base/errors.js';
import { isRecord } from '../../base/is-record.js';
import { JudgeUnavailable } from '../judge.js';
import { type Brackets, concatenate, readBrackets } from './brackets.js';
import { type Parser, spaceless } from './parser.js';

/**
 * The properties of a request: words as they are, sentences split by CoreNLP's own rules (and at a new line, which ends a text), the
 * bidirectional tagger and the shift-reduce parser with a beam.
 */
const PROPERTIES = {
  annotators: 'tokenize,pos,parse',
  'tokenize.whitespace': 'true',
  'ssplit.newlineIsSentenceBreak': 'always',
  'pos.model': 'edu/stanford/nlp/models/pos-tagger/english-bidirectional-distsim.tagger',
  'parse.model': 'edu/stanford/nlp/models/srparser/englishSR.beam.ser.gz',
  'parse.binaryTrees': 'false',
  'parse.buildgraphs': 'false',
  outputFormat: 'json',
};

export interface CoreNlpOptions {
  /** Texts per request. Default 20: under a second of work. */
  readonly batch?: number;
  /** Concurrent requests. Default 2. */
  readonly parallel?: number;
  /** Timeout of a request, ms. Default 120,000: the first one waits for the models to load. */
  readonly timeout?: number;
}

type Words = readonly string[];

/**
 * Returns a parser that asks a Stanford CoreNLP server.
 *
 * @param address such as `http://127.0.0.1:9000`
 */
export function coreNlpParser(address: string, options: CoreNlpOptions = {}): Parser {
  const treesOf = coreNlpTrees(address, options);
  return {
    parse: async (texts) => (await treesOf(texts)).map((sentences) => concatenate(sentences.map(({ brackets }) => brackets))),
  };
}

/** A sentence of a text: its Penn Treebank bracketing on one line, and the same as brackets. */
export interface SentenceParse {
  readonly tree: string;
  readonly brackets: Brackets;
}

/** Parses texts, each a list of words, sentence by sentence. */
export type TreesOf = (texts: readonly Words[]) => Promise<(readonly SentenceParse[])[]>;

/**
 * Returns a function that has a Stanford CoreNLP server parse texts, sentence by sentence.
 *
 * @param address such as `http://127.0.0.1:9000`
 */
export function coreNlpTrees(address: string, options: CoreNlpOptions = {}): TreesOf {
  const { batch = 20, parallel = 2, timeout = 120_000 } = options;
  const url = new URL(`?properties=${encodeURIComponent(JSON.stringify(PROPERTIES))}`, address);
  return async (texts) => {
    const parses: (readonly SentenceParse[])[] = texts.map(() => []); // a text without words has no sentences
    const full = [...texts.keys()].filter((i) => texts[i]!.length > 0);
    const batches = Array.from({ length: Math.ceil(full.length / batch) }, (_, b) => full.slice(b * batch, (b + 1) * batch));
    const work = async (): Promise<void> => {
      for (let part = batches.shift(); part !== undefined; part = batches.shift()) {
        const wanted = part.map((i) => texts[i]!);
        const got = byText(await ask(url, wanted, timeout), wanted, address);
        part.forEach((i, k) => (parses[i] = got[k]!));
      }
    };
    await Promise.all(Array.from({ length: parallel }, work));
    return parses;
  };
}

async function ask(url: URL, texts: readonly Words[], timeout: number): Promise<unknown> {
  const body = texts.map((words) => words.map(spaceless).join(' ')).join('\n');
  const headers = { 'Content-Type': 'text/plain; charset=utf-8' };
  try {
    const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(timeout) });
    const answer = await response.text();
    if (!response.ok) throw new Error(`it answered ${response.status}: ${answer.trim().slice(0, 200)}`);
    return JSON.parse(answer) as unknown;
  } catch (error) {
    const why = error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error);
    throw new JudgeUnavailable(
      `Stanford CoreNLP at ${url.origin} gave no parses (${why}); it may have run out of memory or been stopped: judge again`,
      { cause: error },
    );
  }
}

/** Assigns the sentences of an answer to the texts, in order, by their numbers of words. */
function byText(answer: unknown, texts: readonly Words[], address: string): SentenceParse[][] {
  const sentences = (isRecord(answer) && Array.isArray(answer['sentences']) ? (answer['sentences'] as unknown[]) : []).map(
    readSentence,
  );
  let next = 0;
  const parses = texts.map(({ length }) => {
    const own: SentenceParse[] = [];
    let words = 0;
    while (words < length) {
      const sentence = sentences[next++];
      if (sentence === undefined) throw unlike(address);
      words += sentence.brackets.tags.length;
      own.push(sentence);
    }
    if (words !== length) throw unlike(address);
    return own;
  });
  if (next !== sentences.length) throw unlike(address);
  return parses;
}

function readSentence(sentence: unknown): SentenceParse | undefined {
  const tree = isRecord(sentence) ? sentence['parse'] : undefined;
  if (typeof tree !== 'string') return undefined;
  const brackets = readBrackets(tree);
  return typeof brackets === 'string' ? undefined : { tree: tree.replace(/\s+/g, ' ').trim(), brackets };
}

const unlike = (address: string): JudgeUnavailable =>
  new JudgeUnavailable(
    `${address}: expected trees over the words that were sent, got something else; is it a Stanford CoreNLP server, version 4.5 or later?`,
  );
