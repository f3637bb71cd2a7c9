import { locate } from '../../../lib/base/locate.js';
import type { TrainGuideConfig } from '../../../lib/config/index.js';
import type { Registry } from '../../../lib/guide/registry.js';
import { interruptSignal } from '../../interrupt.js';
import { registryWith } from '../../registry.js';
import { trainingView } from '../../training-view.js';
import { type Command, type DataArgs, dataOption, type PluginArgs, pluginsOption, setOption } from '../options.js';

type Args = Omit<DataArgs, 'config'> & PluginArgs & { configs: string[] };

const locateAll = (paths: readonly string[]): string[] => paths.map(locate);

export const trainGuideCommand: Command<Args> = {
  builder: (yargs) =>
    pluginsOption(dataOption(setOption(yargs)))
      .positional('configs', {
        type: 'string',
        array: true,
        demandOption: true,
        coerce: locateAll,
        describe: 'JSON files, one per guide and `via`',
      })
      .example(
        '$0 train-guide configs/train-guide-pos.json --data data/e2e',
        'train on data/e2e/train-parses.jsonl, into MODEL/guides/pos-gradient',
      )
      .example('$0 train-guide configs/train-guide-*.json --data data/e2e', 'train all guides that come with models/e2e'),
  async handler({ configs: paths, set, data, plugins }) {
    // Loads all configs first, so that a mistake in the last one shows before an hour of training with the first.
    const { loadGuideTraining } = await import('../../../lib/train/guides/index.js');
    const configs = await Promise.all(paths.map((path) => loadGuideTraining(path, { set })));
    const { guides } = await registryWith(plugins);
    const signal = interruptSignal();
    for (const config of configs) await trainOne(config, data, guides, signal);
  },
};

async function trainOne(config: TrainGuideConfig, data: string, guides: Registry, signal: AbortSignal): Promise<void> {
  const { trainGuide } = await import('../../../lib/train/guides/train-guide.js');
  const view = trainingView(config.optimizer.batchSize, 'rows');
  try {
    const { folder, trained } = await trainGuide(config, data, guides, { ...view.hooks, signal });
    view.stop();
    console.log(`${trained ? view.ending() : 'Nothing to do, this run is finished. '}The guide's weights are in ${folder}`);
  } finally {
    view.stop();
  }
}
