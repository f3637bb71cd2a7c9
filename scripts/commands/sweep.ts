import { join } from 'node:path';
import { loadConfig } from '../../lib/config/index.js';
import { DiffusteerError } from '../../lib/base/errors.js';
import { writeAside } from '../../lib/base/files.js';
import { withLock } from '../../lib/base/lock.js';
import { interruptSignal } from '../interrupt.js';
import { measuringOptions, openMeasuring, type MeasuringArgs } from '../measuring.js';
import { type Command, configArguments, type ConfigArgs } from './options.js';

interface SweepArgs extends ConfigArgs, MeasuringArgs {
  fluency: string | undefined;
}

export const sweepCommand: Command<SweepArgs> = {
  builder: (yargs) =>
    measuringOptions(configArguments(yargs))
      .option('fluency', { type: 'string', describe: 'Language model of the chart: lm or ngram. Default: lm if available' })
      .example('$0 sweep configs/sweep.json', 'make and measure every run of the grid')
      .example('$0 sweep configs/sweep.json --corpus data/e2e/train.csv --column ref', 'fluency under the n-grams of the corpus')
      .epilogue('Writes sweep.json, sweep.md and front.svg. An interrupted sweep resumes when the command is repeated.'),
  async handler({ config: path, set, fluency, ...args }) {
    const config = await loadConfig('sweep', path, { set });
    const signal = interruptSignal();
    const [
      { sweepRuns },
      { planSeries },
      { showSeries },
      { compareRuns },
      { comparisonMarkdown, comparisonText },
      { panelsOf, writeTradeoffs },
    ] = await Promise.all([
      import('../../lib/study/sweep.js'),
      import('../../lib/study/plan-series.js'),
      import('../series-view.js'),
      import('../../lib/report/compare/comparison.js'),
      import('../../lib/report/compare/comparison-document.js'),
      import('../../lib/report/compare/tradeoff-chart.js'),
    ]);
    const measuring = await openMeasuring(args, signal);
    try {
      const runs = await sweepRuns(config, path);
      process.stderr.write(`Checking ${runs.length} runs\n`);
      const planned = await planSeries(runs, measuring.guides, path);
      const entries = await withLock(config.output, 'sweep', () => showSeries(planned, measuring, signal));
      const compared = entries.map(({ run: { name, values }, ...rest }) => ({
        ...{ name, values },
        ...('failure' in rest ? rest : { metrics: rest.measured }),
      }));
      const comparison = compareRuns(compared, fluency);
      const isDrawn = await writeTradeoffs(join(config.output, 'front.svg'), panelsOf(comparison), comparison.fluency);
      const picture = isDrawn ? ['![Success against nats per token](front.svg)', ''] : [];
      await writeAside(join(config.output, 'sweep.json'), `${JSON.stringify({ config, ...comparison }, null, 2)}\n`);
      await writeAside(join(config.output, 'sweep.md'), comparisonMarkdown(`Sweep ${path}`, comparison, picture));
      console.log(`\n${comparisonText(comparison)}`);
      console.log(`\nWritten to ${config.output}: sweep.json, sweep.md${isDrawn ? ', front.svg' : ''}`);
      throwFailed(entries);
    } finally {
      await measuring.stop();
    }
  },
};

/** @throws a DiffusteerError with the number of failed runs, if any failed */
export function throwFailed(entries: readonly object[]): void {
  const failed = entries.filter((entry) => 'failure' in entry).length;
  if (failed > 0)
    throw new DiffusteerError(
      `${failed} of ${entries.length} runs failed; their errors are above. Repeat the command to try them again`,
    );
}
