import { loadConfig } from '../../lib/config/index.js';
import type { TrainingData } from '../../lib/train/training-data.js';
import { interruptSignal } from '../interrupt.js';
import { trainingView } from '../training-view.js';
import { type Command, configArguments, dataOption, type DataArgs } from './options.js';

export const trainCommand: Command<DataArgs> = {
  builder: (yargs) =>
    dataOption(configArguments(yargs))
      .example('$0 train configs/train-e2e.json --data data/e2e', 'train on data/e2e/train.csv')
      .epilogue('Ctrl-C saves the run; it resumes when the command is repeated.'),
  async handler({ config: path, set, data }) {
    const config = await loadConfig('train', path, { set });
    const { trainModel } = await import('../../lib/train/denoiser/train-model.js');
    const view = trainingView(config.optimizer.batchSize * config.model.maxTokens);
    const onData = (read: TrainingData) => void console.log(describeData(read));
    try {
      const { model, trained } = await trainModel(config, data, { ...view.hooks, onData, signal: interruptSignal() });
      view.stop();
      console.log(`${trained ? '' : 'Nothing to do, this run is finished. '}The model is in ${model}`);
    } finally {
      view.stop();
    }
  },
};

export function describeData({ rows, validationRows, coverage, empty, tooLong, tokenizer }: TrainingData): string {
  const missing = coverage.mostFrequentUnknown.slice(0, 8).map(([token, count]) => `${token} (${count})`);
  return [
    `${rows.length} rows to train on, ${validationRows.length} to validate on; left out: ${empty.length} empty, ${tooLong.length} too long`,
    `${tokenizer.vocabulary.size} tokens in the vocabulary; ${(100 * coverage.share).toFixed(2)} % of the text is not in it`,
    ...(missing.length === 0 ? [] : [`most frequent of these: ${missing.join(', ')}`]),
  ].join('\n');
}
