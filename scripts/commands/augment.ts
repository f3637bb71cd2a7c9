import type { AugmentSummary } from '../../lib/augment/index.js';
import { loadConfig } from '../../lib/config/index.js';
import { interruptSignal } from '../interrupt.js';
import { registryWith } from '../registry.js';
import { type Command, configArguments, type DataArgs, dataOption, type PluginArgs, pluginsOption } from './options.js';

export const augmentCommand: Command<DataArgs & PluginArgs> = {
  builder: (yargs) =>
    pluginsOption(dataOption(configArguments(yargs)))
      .example('$0 augment configs/augment.json --data examples/own-data', 'notes of four seasons from a few of each')
      .epilogue('An interrupted run resumes when the command is repeated; the result is the same, byte for byte.'),
  async handler({ config: path, set, data, plugins }) {
    const config = await loadConfig('augment', path, { set });
    const [{ augment }, { augmentView }, { writeAugmentReport }, { guides }] = await Promise.all([
      import('../../lib/augment/index.js'),
      import('../augment-view.js'),
      import('../../lib/report/augment-page.js'),
      registryWith(plugins),
    ]);
    const view = augmentView(interruptSignal());
    try {
      const { folder, summary, isNew } = await augment(config, data, guides, path, view.hooks);
      view.stop();
      await writeAugmentReport(folder, summary);
      if (!isNew) console.log('Nothing to do: this run is finished. For other rows, set another output folder and seed.');
      console.log(describeAugmented(summary));
      console.log(`\nWritten to ${folder}: generated.csv, augmented.csv (with the given rows), provenance.jsonl, report.html`);
    } finally {
      view.stop();
    }
  },
};

/** Most labels without all their rows that are listed. */
const LISTED = 20;

export function describeAugmented({ rows, labels, rounds, judge, config }: AugmentSummary): string {
  const short = labels.filter(({ why }) => why !== undefined);
  const full = labels.length - short.length;
  const made = labels.reduce((sum, its) => sum + its.made, 0);
  const accuracy = `${(100 * judge.accuracy).toFixed(1)} % of ${judge.texts} given rows that it had not seen`;
  return [
    `${rows.generated} rows from ${made} texts in ${rounds} ${rounds === 1 ? 'round' : 'rounds'}; ${full} of ${labels.length} labels have all ${config.perLabel}`,
    `The filter's classifier of words is right on ${accuracy}`,
    ...short.slice(0, LISTED).map(({ label, why }) => `  ${label}: ${why}`),
    ...(short.length > LISTED ? [`  and ${short.length - LISTED} more labels; see summary.json`] : []),
  ].join('\n');
}
