import { mkdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { inputError } from '../../lib/base/errors.js';
import { writeAside } from '../../lib/base/files.js';
import { keyOf } from '../../lib/base/random.js';
import { interruptSignal } from '../interrupt.js';
import { type MeasuringArgs, measuringOptions, openMeasuring } from '../measuring.js';
import type { Command } from './options.js';

interface CompareArgs extends MeasuringArgs {
  runs: string[];
  output: string | undefined;
  fluency: string | undefined;
  seed: number;
}

export const compareCommand: Command<CompareArgs> = {
  builder: (yargs) =>
    measuringOptions(yargs)
      .positional('runs', { type: 'string', array: true, demandOption: true, describe: 'Output folders of `generate`' })
      .option('output', { type: 'string', describe: 'Folder for compare.json, compare.md and compare.svg' })
      .option('fluency', { type: 'string', describe: 'Language model to compare under: lm or ngram. Default: lm if available' })
      .option('seed', { type: 'number', default: 1, describe: 'Random seed of the bootstrap for the differences' })
      .example('$0 compare runs/guided runs/fudge', 'success of each run, with intervals')
      .example('$0 compare runs/* --corpus data/e2e/train.csv --column ref --output runs/compared', 'fluency too, and a drawing')
      .epilogue('Runs are evaluated first, as by `evaluate`; earlier evaluations are reused.'),
  async handler({ runs, output, fluency, seed, ...args }) {
    const signal = interruptSignal();
    const names = namesOf(runs);
    const [{ compareRuns }, document, { panelsOf, writeTradeoffs }, { readScoreSums, differencesOf }] = await Promise.all([
      import('../../lib/report/compare/comparison.js'),
      import('../../lib/report/compare/comparison-document.js'),
      import('../../lib/report/compare/tradeoff-chart.js'),
      import('../../lib/study/differences.js'),
    ]);
    const measuring = await openMeasuring(args, signal);
    try {
      const measured = [];
      for (const [i, run] of runs.entries()) measured.push({ name: names[i]!, metrics: await measuring.measure(run) });
      const comparison = compareRuns(measured, fluency);
      const first = await readScoreSums(runs[0]!);
      const differences = [];
      for (const [i, run] of runs.entries()) {
        if (i === 0) continue;
        const own = differencesOf(first, await readScoreSums(run), comparison.guides, comparison.fluency, keyOf(seed));
        differences.push({ run: names[i]!, ...own });
      }
      console.log(document.comparisonText(comparison, differences));
      if (output === undefined) return;
      await mkdir(output, { recursive: true });
      const isDrawn = await writeTradeoffs(join(output, 'compare.svg'), panelsOf(comparison), comparison.fluency);
      const picture = isDrawn ? ['![Success against nats per token](compare.svg)', ''] : [];
      const json = { folders: runs, ...comparison, differences };
      await writeAside(join(output, 'compare.json'), `${JSON.stringify(json, null, 2)}\n`);
      await writeAside(
        join(output, 'compare.md'),
        document.comparisonMarkdown('Runs compared', comparison, picture, differences),
      );
      console.log(`\nWritten to ${output}: compare.json, compare.md${isDrawn ? ', compare.svg' : ''}`);
    } finally {
      await measuring.stop();
    }
  },
};

/** Returns the last part of each folder's path, or the whole path if several runs end in the same part. */
function namesOf(runs: readonly string[]): string[] {
  const folders = runs.map((run) => resolve(run));
  const twice = runs.find((_, i) => folders.indexOf(folders[i]!) < i);
  if (twice !== undefined) throw inputError('compare', `${twice} was given twice`);
  const names = folders.map((folder) => basename(folder));
  return names.map((name, i) => (names.indexOf(name) === names.lastIndexOf(name) ? name : runs[i]!));
}
