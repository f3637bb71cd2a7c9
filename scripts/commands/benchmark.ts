import { copyFile, stat } from 'node:fs/promises';
import { cpus } from 'node:os';
import { basename, join } from 'node:path';
import { loadConfig, type BenchmarkConfig } from '../../lib/config/index.js';
import { readAtMost, writeAside } from '../../lib/base/files.js';
import { withLock } from '../../lib/base/lock.js';
import type { BenchmarkEntry } from '../../lib/report/compare/benchmark.js';
import { locate, packageVersion } from '../../lib/base/locate.js';
import { interruptSignal } from '../interrupt.js';
import { measuringOptions, openMeasuring, type MeasuringArgs } from '../measuring.js';
import { type Command, configArguments, type ConfigArgs } from './options.js';
import { throwFailed } from './sweep.js';

interface BenchmarkArgs extends ConfigArgs, MeasuringArgs {
  targets: string | undefined;
  quick: boolean;
  write: string | undefined;
}

/** Name of the part of a document that the command replaces. */
const PART = 'results';

export const benchmarkCommand: Command<BenchmarkArgs> = {
  builder: (yargs) =>
    measuringOptions(configArguments(yargs))
      .option('targets', {
        type: 'string',
        describe: 'Folder of the targets. Default: data/targets, which has references, else configs/targets, which has none',
      })
      .option('quick', {
        type: 'boolean',
        default: false,
        describe: 'Only a few targets with one text each, written to a separate folder',
      })
      .option('write', { type: 'string', describe: 'Markdown file whose part between the markers is replaced by the results' })
      .example('$0 benchmark configs/paper-table.json --quick', 'a first look that takes minutes')
      .example(
        '$0 benchmark configs/paper-table.json --corpus data/e2e/train.csv --column ref --validation data/e2e/valid.csv',
        'the whole table',
      )
      .epilogue('An interrupted benchmark resumes when the command is repeated. Finished runs in its folder are not made again.'),
  async handler({ config: path, set, targets, quick, write, ...args }) {
    const config = await loadConfig('benchmark', path, { set });
    const signal = interruptSignal();
    const [{ benchmarkRuns, defaultTargets, outputOf }, { planSeries }, { showSeries }] = await Promise.all([
      import('../../lib/study/benchmark.js'),
      import('../../lib/study/plan-series.js'),
      import('../series-view.js'),
    ]);
    const options = { targets: targets ?? defaultTargets(), quick };
    const output = outputOf(config, options);
    const measuring = await openMeasuring(args, signal);
    try {
      const runs = await benchmarkRuns(config, options, path);
      process.stderr.write(`Checking ${runs.length} runs\n`);
      const planned = await planSeries(runs, measuring.guides, path);
      const entries = await withLock(output, 'benchmark', () => showSeries(planned, measuring, signal));
      const results = entries.map(({ run: { row }, ...rest }) =>
        'failure' in rest ? { row, ...rest } : { row, metrics: rest.measured },
      );
      await writeResults(config, results, output, write);
      throwFailed(entries);
    } finally {
      await measuring.stop();
    }
  },
};

/** Prints the tables and writes them into the folder of the benchmark, and into a document if one is given. */
async function writeResults(
  { tasks, published }: BenchmarkConfig,
  entries: readonly BenchmarkEntry[],
  output: string,
  document: string | undefined,
): Promise<void> {
  const [{ benchmarkMarkdown, benchmarkText }, { benchmarkPanels, languageModels }, { writeTradeoffs }, { withPart }] =
    await Promise.all([
      import('../../lib/report/compare/benchmark-document.js'),
      import('../../lib/report/compare/benchmark.js'),
      import('../../lib/report/compare/tradeoff-chart.js'),
      import('../../lib/report/document-part.js'),
    ]);
  const isDrawn = await writeTradeoffs(join(output, 'results.svg'), benchmarkPanels(tasks, entries), languageModels(entries)[0]);
  const circumstances = await circumstancesOf(entries);
  const page = { tasks, entries, published, circumstances };
  await writeAside(join(output, 'results.json'), `${JSON.stringify(page, null, 2)}\n`);
  await writeAside(
    join(output, 'results.md'),
    `# Results\n\n${benchmarkMarkdown({ ...page, ...(isDrawn && { drawing: 'results.svg' }) })}\n`,
  );
  console.log(`\n${benchmarkText(page)}`);
  console.log(`\nWritten to ${output}: results.json, results.md${isDrawn ? ', results.svg' : ''}`);
  if (document === undefined) return;
  const before = (await readAtMost(document, MAX_DOCUMENT).catch(() => Buffer.from('# Results\n'))).toString('utf8');
  const drawing = document.replace(/\.md$/, '') + '.svg';
  if (isDrawn) await copyFile(join(output, 'results.svg'), drawing);
  const text = benchmarkMarkdown({ ...page, ...(isDrawn && { drawing: basename(drawing) }) });
  await writeAside(document, withPart(before, PART, text, 'diffusteer benchmark --write'));
  console.log(`Written to ${document}`);
}

const MAX_DOCUMENT = 10_000_000;

/** Returns one line each for machine, model and command. */
async function circumstancesOf(entries: readonly BenchmarkEntry[]): Promise<string[]> {
  const { hashOf } = await import('../../lib/model/checkpoint/checkpoint.js');
  const models = [...new Set(entries.flatMap(({ metrics }) => (metrics ? [metrics.config.model] : [])))];
  const dated = await Promise.all(
    models.map(async (model) => {
      const weights = join(locate(model), 'model.safetensors');
      const [{ mtime }, hash] = await Promise.all([stat(weights), hashOf(weights)]); // the date alone changes with a checkout
      return `\`${model}\` (weights ${hash.slice(0, 8)}, file of ${mtime.toISOString().slice(0, 10)})`;
    }),
  );
  const processors = cpus();
  return [
    `Machine: ${processors.length} x ${processors[0]?.model.trim() ?? 'unknown processor'}, Node.js ${process.version}, diffusteer ${packageVersion()}.`,
    `Model: ${dated.join(', ') || 'none'}.`,
    `Written on ${new Date().toISOString().slice(0, 10)} by \`npx diffusteer ${process.argv.slice(2).join(' ')}\`.`,
  ];
}
