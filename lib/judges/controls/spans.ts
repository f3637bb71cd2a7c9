import type { Judge, Score } from '../judge.js';
import type { Bracket, Brackets } from '../parsers/brackets.js';
import type { Parser } from '../parsers/parser.js';
import { markWords } from './marks.js';
import { isRecord, problem, type Reading, readJudgeOptions, shown } from './target-options.js';

/** A constituent asked for: first and last word, and the labels of its chain of unary nodes, outermost first. */
interface Span {
  readonly start: number;
  readonly end: number;
  readonly labels: readonly string[];
}

/**
 * Share of the target's spans that the text's parse has: a constituent over exactly these words with the label; of a chain such as
 * `S::NP` all the labels, and others may stand between or around them (Li et al. 2022, section 5: the span with its label is in the parse).
 * Beside it the share whose whole chain of unary nodes is the label, no more and no less, which is what their code counts (`score_spans`).
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
    if (isWithin(labels, found[i]!)) return [];
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

/** Labels over the same words, outermost first, by `start last`. */
function chainsOf(nodes: readonly Bracket[]): Map<string, string[]> {
  const chains = new Map<string, string[]>();
  for (const { label, start, end } of nodes) {
    const key = `${start} ${end - 1}`;
    chains.set(key, [...(chains.get(key) ?? []), label]);
  }
  return chains;
}

/** Whether `labels` stand in `chain` in this order. */
function isWithin(labels: readonly string[], chain: readonly string[]): boolean {
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
  if (!isPlace(start) || !isPlace(end) || start > end || typeof label !== 'string' || label === '' || rest.length > 0)
    return `expected [first word, last word, label] such as [0, 1, "NP"], words counted from 0, got ${shown(span)}`;
  return { start, end, labels: label.split('::') };
}

const isPlace = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0;
