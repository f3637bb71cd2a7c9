import { join } from 'node:path';
import { writeAside } from '../base/files.js';
import type { AugmentConfig } from '../config/index.js';
import { csvText } from '../text/csv.js';
import type { GivenRow } from './given-rows.js';
import type { KeptText, LabelTally, Selection } from './selection.js';

export const GENERATED_FILE = 'generated.csv';
export const SUMMARY_FILE = 'summary.json';
export const PROVENANCE_FILE = 'provenance.jsonl';

/** What became of a run, as in summary.json. */
export interface AugmentSummary {
  readonly rows: { readonly given: number; readonly generated: number };
  readonly labels: readonly LabelSummary[];
  readonly rounds: number;
  /** The classifier of the filter: given rows that it was measured on, and its accuracy on them. */
  readonly judge: { readonly texts: number; readonly accuracy: number };
  readonly model: AugmentModels;
  readonly config: AugmentConfig;
}

/** The models that made the texts. */
export interface AugmentModels {
  readonly path: string;
  /** SHA-256 of its weights. */
  readonly hash: string;
  readonly base?: { readonly path: string; readonly hash: string };
}

export interface LabelSummary extends Readonly<LabelTally> {
  /** Why the label has fewer rows than were asked for. */
  readonly why?: string;
}

/** Returns what became of a run. */
export function summaryOf(
  selection: Selection,
  { config, rounds, model, given }: Pick<AugmentSummary, 'config' | 'rounds' | 'model'> & { readonly given: number },
): AugmentSummary {
  const labels = selection.tallies.map((tally): LabelSummary => {
    const why = whyShort(tally, config);
    return { ...tally, ...(why !== undefined && { why }) };
  });
  const rows = { given, generated: selection.kept.length };
  return { rows, labels, rounds, judge: selection.judge.heldOut, model, config };
}

/** Returns why a label has fewer rows than were asked for; undefined if it has them all. */
export function whyShort(
  { made, kept, refused, readAs }: LabelTally,
  { perLabel, filter: { tries } }: AugmentConfig,
): string | undefined {
  if (kept >= perLabel) return undefined;
  const reasons = Object.entries(refused).sort(([, a], [, b]) => b - a);
  const others = Object.entries(readAs).sort(([, a], [, b]) => b - a);
  const most = others[0] === undefined ? '' : ` (most often ${JSON.stringify(others[0][0])}, ${others[0][1]})`;
  const told = reasons.map(([reason, count]) => `${count} ${reason}${reason === 'reads as another label' ? most : ''}`);
  return `${kept} of ${perLabel} after ${made} texts, ${tries} per row; refused: ${told.join(', ')}`;
}

/**
 * Writes the rows: generated.csv, augmented.csv with the given rows first, provenance.jsonl with a line per generated row, and summary.json, which
 * marks the run as finished.
 */
export async function writeResults(
  folder: string,
  kept: readonly KeptText[],
  given: readonly GivenRow[],
  summary: AugmentSummary,
): Promise<void> {
  const { data } = summary.config;
  const header = [data.text, data.label];
  const records = kept.map(({ text, label }) => [text, label]);
  await writeAside(join(folder, GENERATED_FILE), csvText(header, records));
  await writeAside(
    join(folder, 'augmented.csv'),
    csvText(header, [...given.map(({ text, label }) => [text, label]), ...records]),
  );
  const lines = kept.map((text, i) => `${JSON.stringify(provenanceOf(text, i, summary.model))}\n`);
  await writeAside(join(folder, PROVENANCE_FILE), lines.join(''));
  await writeAside(join(folder, SUMMARY_FILE), `${JSON.stringify(summary, null, 2)}\n`);
}

/** A line of provenance.jsonl: where a row of generated.csv comes from. */
export interface Provenance {
  /** Row of generated.csv, from 1. */
  readonly row: number;
  readonly label: string;
  readonly text: string;
  /** Run that made the text, and its line there. */
  readonly round: number;
  readonly id: string;
  readonly seed: number;
  /** SHA-256 of the weights of the model. */
  readonly model: string;
  readonly guides: KeptText['sample']['guides'];
  readonly judge: KeptText['judge'];
  readonly nearest: {
    readonly given?: { readonly overlap: number; readonly line: number };
    readonly generated?: { readonly overlap: number; readonly row: number };
  };
}

function provenanceOf(
  { text, label, sample, round, judge, nearestGiven, nearestKept }: KeptText,
  index: number,
  model: AugmentModels,
): Provenance {
  return {
    ...{ row: index + 1, label, text, round, id: sample.id, seed: sample.seed, model: model.hash, guides: sample.guides, judge },
    nearest: {
      ...(nearestGiven && { given: nearestGiven }),
      ...(nearestKept && { generated: { overlap: nearestKept.overlap, row: nearestKept.index + 1 } }),
    },
  };
}
