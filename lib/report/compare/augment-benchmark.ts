import type { AugmentBenchmarkResults, AugmentMethod, SetResult } from '../../augment/benchmark/index.js';
import { percentWithin } from './figures.js';
import { markdownTable, plainTable, type Table } from './table.js';

const METHODS: Readonly<Record<AugmentMethod, string>> = {
  none: 'the rows alone',
  names: 'names of the labels',
  eda: 'word swaps, deletions, insertions (EDA)',
  autoregressive: 'autoregressive model given the label',
  fudge: 'FUDGE',
  ours: 'guided diffusion',
  real: 'as many real rows (ceiling)',
};

/** Returns the table of a set: the accuracy of each classifier, and its gain over the rows alone, in percent. */
function setTable({ methods }: SetResult): Table {
  const classifiers = methods[0]!.classifiers.map(({ classifier }) => classifier);
  return {
    head: ['method', 'rows added', ...classifiers.flatMap((name) => [name, `gain, ${name}`])],
    rows: methods.map(({ method, added, classifiers: its }) => [
      METHODS[method],
      added.toFixed(0),
      ...its.flatMap(({ accuracy, gain }) => [percentWithin(accuracy), percentWithin(gain)]),
    ]),
  };
}

const titleOf = ({ name, rows, labels, heldOut }: SetResult): string =>
  `${name}: ${rows} rows, ${labels} labels, ${heldOut} held-out rows`;

const notesOf = ({ seeds, perLabel }: AugmentBenchmarkResults): string =>
  `Accuracy on the held-out rows in percent, mean of ${seeds} ${seeds === 1 ? 'seed' : 'seeds'}, with 95 % bootstrap intervals over seeds and held-out rows; up to ${perLabel} rows added per label. The classifiers took no part in making rows.`;

/** Returns the tables as text for a terminal. */
export const augmentBenchmarkText = (results: AugmentBenchmarkResults): string =>
  [...results.sets.map((set) => `${titleOf(set)}\n\n${plainTable(setTable(set))}\n`), notesOf(results)].join('\n');

/** Returns the tables as Markdown, without a title. @param circumstances machine, models and command, a line each */
export const augmentBenchmarkMarkdown = (results: AugmentBenchmarkResults, circumstances: readonly string[]): string =>
  [
    ...circumstances.map((line) => `- ${line}`),
    '',
    notesOf(results),
    '',
    ...results.sets.flatMap((set) => [`### ${titleOf(set)}`, '', markdownTable(setTable(set)), '']),
  ].join('\n');
