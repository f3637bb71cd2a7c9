import {
  type Automaton,
  choice,
  compileExpression,
  one,
  repeat,
  sequence,
  type TokenRegex,
  wordIds,
} from '../../lib/automaton/index.js';
import type { HostTensor, HostTensors } from '../../lib/engine/types.js';
import type { ModelInfo } from '../../lib/guide/contract.js';
import { CHAIN } from '../../lib/text/penn-tree.js';
import type { AnnotatedRow } from '../../lib/text/types.js';
import { constituents, hasLabels, PHRASES } from './span-classifier.js';
import { countTags, TAG_SETS } from './tags.js';

/** The longest span whose pattern has all of its words; patterns of longer spans have the first two and the last two. */
const LONGEST_WHOLE = 5;
/** A pattern with fewer occurrences is not kept. */
const RARE = 5;
/** A pattern that is a constituent in a smaller share of its occurrences is not kept. */
const WEAK = 0.5;
/** A pattern that has the label in at least this share of its occurrences is always used for it. */
const STRONG = 0.9;
/** The number of patterns to use for a span even if they are not strong. */
const FEWEST = 5;

/** Symbols of a pattern: tags, then the start and the end of a text, and a word that is in no parse. */
const TAGS = TAG_SETS.penn;
const TEXT_START = TAGS.length;
const TEXT_END = TAGS.length + 1;
const UNKNOWN = TAGS.length + 2;
const SYMBOLS = 64;
const PERIOD = TAGS.indexOf('.');

/** A window of words as their usual tags: the word before a span, words of the span, the word after it. */
interface Pattern {
  /** Words of the span, LONGEST_WHOLE + 1 for all longer ones. */
  readonly words: number;
  readonly symbols: readonly number[];
}

/**
 * Counts how often the windows of words in the parses were constituents, by their words' most frequent tags:
 * `tagOfWord` [V], -1 if the parses lack the word; `patterns` [P, 3], the two halves of a pattern's key and its occurrences;
 * `hits` [H, 3], a pattern, a chain of labels and how often the pattern was such a constituent.
 */
export function countPatterns(rows: readonly AnnotatedRow[], model: ModelInfo): Record<string, HostTensor> {
  const { vocabulary } = model;
  const tagOfWord = usualTags(countTags(rows, model).pennCounts);
  const symbolOf = (word: string): number => {
    const tag = tagOfWord[vocabulary.id(word) ?? vocabulary.unk]!;
    return tag < 0 ? UNKNOWN : tag;
  };
  const total = new Map<number, number>();
  const hits = new Map<number, Map<number, number>>();
  for (const row of rows) {
    const symbols = row.words.map(symbolOf);
    const chains = new Map(constituents(row).map(({ start, end, label }) => [start * 1e4 + end, chainCode(label)]));
    for (const { key, start, end } of windows(symbols)) {
      total.set(key, (total.get(key) ?? 0) + 1);
      const chain = chains.get(start * 1e4 + end);
      if (chain === undefined) continue;
      if (!hits.has(key)) hits.set(key, new Map());
      hits.get(key)!.set(chain, (hits.get(key)!.get(chain) ?? 0) + 1);
    }
  }
  const kept = [...hits].filter(([key, of]) => {
    const found = [...of.values()].reduce((a, b) => a + b);
    return total.get(key)! >= RARE && found >= WEAK * total.get(key)!;
  });
  const halves = (key: number) => [Math.floor(key / 2 ** 31), key % 2 ** 31];
  return {
    tagOfWord: ints([tagOfWord.length], [...tagOfWord]),
    patterns: ints(
      [kept.length, 3],
      kept.flatMap(([key]) => [...halves(key), total.get(key)!]),
    ),
    hits: table(kept.flatMap(([, of], pattern) => [...of].map(([chain, count]) => [pattern, chain, count]))),
  };
}

const table = (rows: readonly (readonly number[])[]): HostTensor => ints([rows.length, 3], rows.flat());
const ints = (shape: readonly number[], data: readonly number[]): HostTensor => ({
  dtype: 'int32',
  shape,
  data: Int32Array.from(data),
});

/** Returns the most frequent tag of each word, -1 for none. */
function usualTags({ data, shape }: HostTensor): Int32Array {
  const [size, tags] = shape as [number, number];
  return Int32Array.from({ length: size }, (_, v) => {
    const counts = Array.from(data.subarray(v * tags, (v + 1) * tags));
    const most = Math.max(...counts);
    return most > 0 ? counts.indexOf(most) : -1;
  });
}

/** Yields every window of a text with the key of its pattern; long windows stay within a sentence. */
function* windows(symbols: readonly number[]): Generator<{ key: number; start: number; end: number }> {
  const after = (end: number): number => symbols[end + 1] ?? TEXT_END;
  for (let start = 0; start < symbols.length; start++) {
    const before = start === 0 ? TEXT_START : symbols[start - 1]!;
    for (let end = start; end < symbols.length; end++) {
      const words = end - start + 1;
      if (words > LONGEST_WHOLE && symbols[end - 1] === PERIOD) break;
      const inside = words <= LONGEST_WHOLE ? symbols.slice(start, end + 1) : ends(symbols, start, end);
      if (words <= LONGEST_WHOLE || !symbols.slice(start, end).includes(PERIOD))
        yield {
          key: keyOf({ words: Math.min(words, LONGEST_WHOLE + 1), symbols: [before, ...inside, after(end)] }),
          start,
          end,
        };
    }
  }
}

const ends = (symbols: readonly number[], start: number, end: number): number[] =>
  [start, start + 1, end - 1, end].map((at) => symbols[at]!);

/** Returns a pattern as a number below 2^53: 3 bits for the length, 6 for each of at most 7 symbols. */
const keyOf = ({ words, symbols }: Pattern): number => symbols.reduce((key, symbol) => key * SYMBOLS + symbol, words);

function patternOf(key: number): Pattern {
  const symbols: number[] = [];
  let rest = key;
  for (; rest >= SYMBOLS; rest = Math.floor(rest / SYMBOLS)) symbols.unshift(rest % SYMBOLS);
  return { words: rest, symbols };
}

/** Returns a chain of labels as a number: 5 bits each. */
function chainCode(label: string): number {
  const codes = label.split(CHAIN).map((name) => PHRASES.indexOf(name) + 1);
  return codes.slice(0, 6).reduce((code, part) => code * 32 + part, 0);
}

function chainOf(code: number): string {
  const names: string[] = [];
  for (let rest = code; rest > 0; rest = Math.floor(rest / 32)) names.unshift(PHRASES[(rest % 32) - 1] ?? '');
  return names.join(CHAIN);
}

/** Returns the automaton of the texts whose span from `start` to `end` is in a window that is nearly always such a constituent. */
export type SpanAutomaton = (start: number, end: number, label: string) => Automaton;

export function spanAutomata(tables: HostTensors, { vocabulary }: ModelInfo): SpanAutomaton {
  const tagOfWord = tables['tagOfWord']!.data;
  const any = wordIds(vocabulary);
  const wordsOfTag = TAGS.map((_, tag) => any.filter((id) => tagOfWord[id] === tag));
  const noPeriod = any.filter((id) => tagOfWord[id] !== PERIOD);
  const rowsOf = ({ data, shape }: HostTensor) =>
    Array.from({ length: shape[0]! }, (_, i) => [...data.subarray(3 * i, 3 * i + 3)]);
  const patterns = rowsOf(tables['patterns']!).map(([high, low, total]) => ({
    ...patternOf(high! * 2 ** 31 + low!),
    total: total!,
  }));
  const hits = rowsOf(tables['hits']!);

  return (start, end, label) => {
    const words = end - start + 1;
    const labels = label.split(CHAIN);
    const found = new Float64Array(patterns.length);
    for (const [pattern, chain, count] of hits) if (hasLabels(chainOf(chain!), labels)) found[pattern!]! += count!;
    const fitting = patterns.flatMap((pattern, i) => {
      const fits = pattern.words === Math.min(words, LONGEST_WHOLE + 1) && (pattern.symbols[0] === TEXT_START) === (start === 0);
      return fits && found[i]! > 0 ? [{ pattern, share: found[i]! / pattern.total }] : [];
    });
    fitting.sort((a, b) => b.share - a.share);
    const chosen = fitting.filter(({ share }, i) => share >= STRONG || (i < FEWEST && share >= WEAK));
    const parts = chosen.map(({ pattern }) => windowExpression(pattern, words));
    // If no parse has such a span, the text is at least long enough for it.
    const window = parts.length > 0 ? choice(...parts) : sequence(repeat(one(any), words), repeat(one(any), 0));
    return compileExpression(sequence(repeat(one(any), Math.max(0, start - 1), Math.max(0, start - 1)), window), vocabulary.size);
  };

  function windowExpression({ symbols }: Pattern, words: number): TokenRegex {
    const [before, ...rest] = symbols as [number, ...number[]];
    const after = rest.pop()!;
    const inside = rest.map((tag) => one(wordsOfTag[tag] ?? []));
    const gap = words > LONGEST_WHOLE ? [repeat(one(noPeriod), words - 4, words - 4)] : [];
    const span = [...inside.slice(0, words > LONGEST_WHOLE ? 2 : undefined), ...gap, ...(gap.length > 0 ? inside.slice(2) : [])];
    return sequence(
      ...(before === TEXT_START ? [] : [one(wordsOfTag[before] ?? [])]),
      ...span,
      ...(after === TEXT_END ? [] : [one(wordsOfTag[after] ?? []), repeat(one(any), 0)]),
    );
  }
}
