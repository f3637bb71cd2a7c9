import type { CommandModule } from 'yargs';
import { loadConfig } from '../../lib/config/index.js';
import { interruptSignal } from '../interrupt.js';
import { trainingView } from '../training-view.js';
import { configArguments, dataOption, type DataArgs } from './options.js';

export const trainGuideCommand: CommandModule<object, DataArgs> = {
  command: 'train-guide <config>',
  describe: 'Train what a guide needs to know of a model, or go on with it',
  builder: (yargs) =>
    dataOption(configArguments(yargs)).example(
      '$0 train-guide configs/train-guide-pos.json --data data/e2e',
      'train on data/e2e/train-parses.jsonl, into MODEL/guides/pos-gradient',
    ),
  async handler({ config: path, set, data }) {
    const config = await loadConfig('train-guide', path, { set });
    const [{ trainGuide }, { builtInGuides }] = await Promise.all([
      import('../../lib/run/train-guide.js'),
      import('../../guidance/index.js'),
    ]);
    const view = trainingView(config.optimizer.batchSize);
    try {
      const { folder, trained } = await trainGuide(config, data, builtInGuides, { ...view.hooks, signal: interruptSignal() });
      view.stop();
      console.log(`${trained ? '' : 'Nothing to do, this run is finished. '}The guide's weights are in ${folder}`);
    } finally {
      view.stop();
    }
  },
};
