import type { ChosenTraining, TrainModelHooks } from '../../../lib/train/denoiser/index.js';
import type { TrainingData } from '../../../lib/train/training-data.js';
import { interruptSignal } from '../../interrupt.js';
import { trainingView } from '../../training-view.js';
import { type Command, configArguments, type DataArgs, dataOption } from '../options.js';

export const trainCommand: Command<DataArgs> = {
  builder: (yargs) =>
    dataOption(configArguments(yargs))
      .example('$0 train configs/train-e2e.json --data data/e2e', 'train on data/e2e/train.csv')
      .epilogue('Ctrl-C saves the run; it resumes when the command is repeated.'),
  async handler({ config: path, set, data }) {
    const { loadTraining, trainModel } = await import('../../../lib/train/denoiser/index.js');
    const training = await loadTraining(path, data, { set });
    const { config } = training;
    const view = trainingView(config.optimizer.batchSize * config.model.maxTokens);
    const hooks: TrainModelHooks = {
      ...view.hooks,
      onData: (read) => void console.log(describeChoice(training) + describeData(read)),
      signal: interruptSignal(),
    };
    try {
      const { model, trained } = await trainModel(config, data, hooks);
      view.stop();
      console.log(`${trained ? view.ending() : 'Nothing to do, this run is finished. '}The model is in ${model}`);
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

/** Returns lines that say what was chosen by the corpus or the base, or nothing. */
export function describeChoice({ config, chosen }: ChosenTraining): string {
  if (!chosen) return '';
  const { model, optimizer, validation } = config;
  const { rows, tokens, longest } = chosen.corpus;
  const lines = [
    `the corpus has ${rows} rows and ${tokens} tokens, 99 % of the rows at most ${longest}; chosen by it${config.from === undefined ? '' : ` and ${config.from}`} or given:`,
    `  model: ${model.layers} layers, width ${model.width}, ${model.heads} heads, sequences of ${model.maxTokens} tokens`,
    `  optimizer: ${optimizer.steps} steps of ${optimizer.batchSize} rows (${((optimizer.steps * optimizer.batchSize) / rows).toFixed(1)} epochs), peak learning rate ${optimizer.peakLearningRate}${optimizer.layerDecay === undefined ? '' : `, ${optimizer.layerDecay} times that per layer down`}`,
    `  validation: every ${validation.everySteps} steps${validation.patience ? `; ends after ${validation.patience} measurements without a better one` : ''}`,
    `  to expect: ${expectation(rows, config.from)}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** Says what came of the trainings that docs/training.md and docs/own-data.md describe; nothing between them was measured. */
function expectation(rows: number, from: string | undefined): string {
  if (from !== undefined && rows >= 30_000)
    return '36,369 utterances gave models/english 1.58 nats per token on held-out rows, mean of ten noise levels, after 3.7 epochs (docs/training.md)';
  if (from !== undefined)
    return `the texts of ${from} at first, and more of yours with each validation that falls; \`diffusteer doctor\` measures the result`;
  if (rows < 500)
    return 'a training from nothing learns such a corpus by heart, as the 54 notes of docs/own-data.md; start from a model with `from`';
  if (rows >= 8_000)
    return '8,423 rows of restaurant texts gave 1.31 nats per token on held-out rows, mean of ten noise levels, after 20 epochs (docs/training.md)';
  return 'not measured for so few rows; 8,423 rows of restaurant texts gave 1.31 nats per token on held-out rows (docs/training.md), 54 notes were learned by heart; watch the validation, and see `diffusteer doctor`';
}
