import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAside } from '../base/files.js';
import { inChunks } from '../base/jsonl.js';
import { sampleLines } from '../run/read-samples.js';
import type { SampleLine } from '../run/sample-line.js';
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

/**
 * Chooses the candidates of each target from its attempts and writes them to the folder of the batch: the least doubtful ones, by the models that
 * found them, since no judge has seen any. Texts that the target has had, or that an attempt before said too, come last.
 */
export async function chooseCandidates(
  { folder, rows, texts, attempts }: Attempted,
  isKnown: (target: number, tokens: readonly string[]) => boolean,
): Promise<void> {
  const from = join(folder, ATTEMPTS);
  const chosen: SampleLine[] = [];
  for await (const lines of inChunks(sampleLines(join(from, 'samples.jsonl')), texts * attempts)) {
    const { target } = rows[Number.parseInt(lines[0]!.id, 10)]!;
    const said = lines.map(({ text }) => text);
    const isNew = ({ text, tokens }: SampleLine, i: number): boolean => said.indexOf(text) === i && !isKnown(target, tokens);
    const ranked = [...lines].sort(byDoubt);
    const fresh = new Set(lines.filter(isNew));
    chosen.push(...[...ranked.filter((line) => fresh.has(line)), ...ranked.filter((line) => !fresh.has(line))].slice(0, texts));
  }
  await writeAside(join(folder, 'samples.jsonl'), jsonLinesOf(chosen));
  await writeAside(join(folder, 'run.json'), await readFile(join(from, 'run.json')));
}

const byDoubt = (a: SampleLine, b: SampleLine): number => b.chosen!.score - a.chosen!.score;
