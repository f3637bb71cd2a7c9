import { isRecord } from '../../base/is-record.js';
import type { Judge, Score } from '../judge.js';
import type { Bracket, Brackets } from '../parsers/brackets.js';
import type { Parser } from '../parsers/parser.js';
import { markWords } from './marks.js';
import { problem, type Reading, readJudgeOptions, shown } from './target-options.js';

/** A constituent asked for: first and last word, and the labels of its unary chain, outermost first. */
interface Span {
  readonly start: number;
  readonly end: number;
  readonly labels: readonly string[];
}

/**
 * Builds the judge of `spans`: the share of the target's spans that the text's parse has, each a constituent over exactly these words with
 * the label. Of a chain such as `S::NP` the parse needs all labels in order, perhaps with others between or around them (Li et al. 2022,
 * section 5: the span with its label is in the parse). Also given: the share whose unary chain is exactly the label, as their code counts
 * (`score_spans`).
 */
export const spansJudge = (parser: Parser): Judge => ({
  name: 'spans',
  ...(parser.name !== undefined && { by: parser.name }),
  async score(texts, targets) {
    const spans = readJudgeOptions('spans', texts, targets, readSpans);
    const parses = await parser.parse(texts);
    return texts.map((words, i) => compare(words, spans[i]!, parses[i]!));
  },
});

function compare(words: readonly string[], spans: readonly Span[], { nodes }: Brackets): Score {
  const chains = chainsOf(nodes);
  const found = spans.map((span) => chains.get(`${span.start} ${span.end}`) ?? []);
  const missing = spans.flatMap(({ start, end, labels }, i) => {
    if (hasInOrder(labels, found[i]!)) return [];
    const there = found[i]!.length === 0 ? 'no constituent' : found[i]!.join('::');
    const note = `${there}, not ${labels.join('::')}`;
    const detail = `"${words.slice(start, end + 1).join(' ')}" (${start} to ${end}) is ${note}`;
    return [{ detail, mark: markWords(words, start, end + 1, note) }];
  });
  const exact = spans.filter(({ labels }, i) => labels.join('::') === found[i]!.join('::')).length;
  const score = { value: 1 - missing.length / spans.length, also: { 'whole chain': exact / spans.length } };
  return missing.length === 0
    ? score
    : {
        ...score,
        detail: missing.map(({ detail }) => detail).join('; '),
        marks: missing.map(({ mark }) => mark),
      };
}

/** Returns the labels over the same words, outermost first, by `start last`. */
function chainsOf(nodes: readonly Bracket[]): Map<string, string[]> {
  const chains = new Map<string, string[]>();
  for (const { label, start, end } of nodes) {
    const key = `${start} ${end - 1}`;
    chains.set(key, [...(chains.get(key) ?? []), label]);
  }
  return chains;
}

/** Returns whether `chain` has all `labels` in this order. */
function hasInOrder(labels: readonly string[], chain: readonly string[]): boolean {
  let at = 0;
  for (const label of chain) if (label === labels[at]) at++;
  return at === labels.length;
}

function readSpans({ spans }: Readonly<Record<string, unknown>>): Reading<Span[]> {
  if (!Array.isArray(spans) || spans.length === 0)
    return problem('/spans', `expected an array of [first word, last word, label], got ${shown(spans)}`);
  const read = spans.map(readSpan);
  const problems = read.flatMap((span, i) => (isRecord(span) ? [] : [{ path: `/spans/${i}`, message: span as string }]));
  return problems.length > 0 ? { problems } : { target: read as Span[] };
}

function readSpan(span: unknown): Span | string {
  const [start, end, label, ...rest] = Array.isArray(span) ? (span as unknown[]) : [];
  if (!isPosition(start) || !isPosition(end) || start > end || typeof label !== 'string' || label === '' || rest.length > 0)
    return `expected [first word, last word, label] such as [0, 1, "NP"], words counted from 0, got ${shown(span)}`;
  return { start, end, labels: label.split('::') };
}

const isPosition = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0;
