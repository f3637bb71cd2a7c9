import { loadConfig } from '../../../lib/config/index.js';
import { interruptSignal } from '../../interrupt.js';
import { trainingView } from '../../training-view.js';
import { type Command, configArguments, dataOption, type DataArgs } from '../options.js';

export const trainJudgeCommand: Command<DataArgs> = {
  builder: (yargs) =>
    dataOption(configArguments(yargs))
      .example('$0 train-judge configs/train-judge-parser.json --data data/e2e', 'the embedded parser')
      .example('$0 train-judge configs/train-judge-slots.json --data data/e2e', 'the slot classifier')
      .example('$0 train-judge configs/train-judge-lm.json --data data/e2e', 'the language model that judges fluency'),
  async handler({ config: path, set, data }) {
    const config = await loadConfig('train-judge', path, { set });
    const { trainJudge } = await import('../../../lib/train/judges/train-judge.js');
    const view = trainingView(config.optimizer.batchSize, 'rows');
    try {
      const { folder, trained } = await trainJudge(config, data, { ...view.hooks, signal: interruptSignal() });
      view.stop();
      console.log(`${trained ? '' : 'Nothing to do, this run is finished. '}The judge is in ${folder}`);
    } finally {
      view.stop();
    }
  },
};
