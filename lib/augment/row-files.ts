import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAside } from '../base/files.js';
import { keyOf, permutation, split } from '../base/random.js';
import { csvText } from '../text/csv.js';
import { type GivenRow, rowsByLabel } from './given-rows.js';

/** Files of the rows for trainings, with the columns text and label. */
export const TRAIN_FILE = 'train.csv';
export const HELD_FILE = 'held-out.csv';

/** Share of the rows that is held out. */
const HELD_SHARE = 0.05;
/** Fewest rows of a label of which one may be held out. */
const ENOUGH = 3;

export interface SplitRows {
  readonly train: readonly GivenRow[];
  readonly held: readonly GivenRow[];
}

/**
 * Holds out one row in twenty, at most one of each label and none of labels with two rows. If all labels have two, nothing is held out, and
 * trainings measure themselves on the training rows.
 */
export function splitRows(rows: readonly GivenRow[], seed: number): SplitRows {
  const byLabel = rowsByLabel(rows);
  const most = Math.max(1, Math.round(rows.length * HELD_SHARE));
  const chosen = new Map<string, GivenRow>();
  for (const i of permutation(split(keyOf(seed), 'held out'), rows.length)) {
    const row = rows[i]!;
    if (chosen.size < most && !chosen.has(row.label) && byLabel.get(row.label)!.length >= ENOUGH) chosen.set(row.label, row);
  }
  const held = new Set(chosen.values());
  if (held.size === 0) return { train: rows, held: rows };
  return { train: rows.filter((row) => !held.has(row)), held: rows.filter((row) => held.has(row)) };
}

/** Writes the rows for trainings. @param textOf returns the text of a row that is written */
export async function writeRowFiles(
  folder: string,
  { train, held }: SplitRows,
  textOf: (row: GivenRow) => string = ({ text }) => text,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const written = (rows: readonly GivenRow[]) =>
    csvText(
      ['text', 'label'],
      rows.map((row) => [textOf(row), row.label]),
    );
  await writeAside(join(folder, TRAIN_FILE), written(train));
  await writeAside(join(folder, HELD_FILE), written(held));
}
