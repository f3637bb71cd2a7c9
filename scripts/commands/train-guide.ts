import type { CommandModule } from 'yargs';
import { loadConfig } from '../../lib/config/index.js';
import { interruptSignal } from '../interrupt.js';
import { registryWith } from '../registry.js';
import { trainingView } from '../training-view.js';
import { configArguments, dataOption, pluginsOption, type DataArgs, type PluginArgs } from './options.js';

export const trainGuideCommand: CommandModule<object, DataArgs & PluginArgs> = {
  command: 'train-guide <config>',
  describe: 'Train what a guide needs to know of a model, or go on with it',
  builder: (yargs) =>
    pluginsOption(dataOption(configArguments(yargs))).example(
      '$0 train-guide configs/train-guide-pos.json --data data/e2e',
      'train on data/e2e/train-parses.jsonl, into MODEL/guides/pos-gradient',
    ),
  async handler({ config: path, set, data, plugins }) {
    const config = await loadConfig('train-guide', path, { set });
    const [{ trainGuide }, { guides }] = await Promise.all([import('../../lib/run/train-guide.js'), registryWith(plugins)]);
    const view = trainingView(config.optimizer.batchSize);
    try {
      const { folder, trained } = await trainGuide(config, data, guides, { ...view.hooks, signal: interruptSignal() });
      view.stop();
      console.log(`${trained ? '' : 'Nothing to do, this run is finished. '}The guide's weights are in ${folder}`);
    } finally {
      view.stop();
    }
  },
};
