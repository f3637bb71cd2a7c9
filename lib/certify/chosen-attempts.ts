import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { guideOf } from '../base/clause-label.js';
import { writeAside } from '../base/files.js';
import { inChunks } from '../base/jsonl.js';
import { sampleLines } from '../run/read-samples.js';
import type { SampleLine } from '../run/sample-line.js';
import type { IsKnown } from './best-candidates.js';
import type { BatchText } from './candidates.js';
import { jsonLinesOf } from './target-lines.js';

/** Folder of the attempts inside that of their batch. */
export const ATTEMPTS = 'attempts';

/** A batch of which each candidate is chosen from several attempts. Those for one target follow one another. */
interface Attempted {
  readonly folder: string;
  readonly rows: readonly BatchText[];
  /** Candidates per target. */
  readonly texts: number;
  /** Attempts per candidate. */
  readonly attempts: number;
}

/** What is known of attempts when candidates are chosen. None of it is from a judge that accepts. */
interface Known {
  /** Labels of the clauses that act by gradient. */
  readonly classifiers: readonly string[];
  /** By how much each attempt misses the bounds of the conditions, by the judges of a screen; undefined without them. */
  readonly shortfalls?: readonly number[] | undefined;
  readonly isKnown: IsKnown;
}

/**
 * Chooses the candidates of each target from its attempts and writes them to the folder of the batch: those that miss the conditions by least, if a
 * screen has judged them. Else, where a control failed, those that its gradient guides' own classifiers find most likely. Of equal ones, or where
 * fluency alone failed or no such guide acts, the least doubtful ones by the models that found them. Texts that the target has had, or that an
 * attempt before said too, come last.
 */
export async function chooseCandidates(
  { folder, rows, texts, attempts }: Attempted,
  { classifiers, shortfalls, isKnown }: Known,
): Promise<void> {
  const from = join(folder, ATTEMPTS);
  const chosen: SampleLine[] = [];
  let read = 0;
  for await (const lines of inChunks(sampleLines(join(from, 'samples.jsonl')), texts * attempts)) {
    const { target, draft } = rows[Number.parseInt(lines[0]!.id, 10)]!;
    const asked = classifiers.filter((label) => draft?.failed.some((judge) => guideOf(judge) === guideOf(label)));
    const said = lines.map(({ text }) => text);
    const fresh = new Set(lines.filter(({ text, tokens }, i) => said.indexOf(text) === i && !isKnown(target, tokens)));
    const merits = new Map(lines.map((line, i) => [line, shortfalls ? -shortfalls[read + i]! : obedienceOf(line, asked)]));
    read += lines.length;
    const ranked = [...lines].sort((a, b) => merits.get(b)! - merits.get(a)! || certaintyOf(b) - certaintyOf(a));
    chosen.push(...[...ranked.filter((line) => fresh.has(line)), ...ranked.filter((line) => !fresh.has(line))].slice(0, texts));
  }
  await writeAside(join(folder, 'samples.jsonl'), jsonLinesOf(chosen));
  await writeAside(join(folder, 'run.json'), await readFile(join(from, 'run.json')));
}

/** Returns the log-probability, nats, that classifiers give a text. */
const obedienceOf = ({ guides }: SampleLine, labels: readonly string[]): number =>
  labels.reduce((sum, label) => sum + (guides[label]?.logProb ?? -Infinity), 0);

/** Texts of a search have no such score: the most likely stand first. */
const certaintyOf = ({ chosen }: SampleLine): number => chosen?.score ?? 0;
