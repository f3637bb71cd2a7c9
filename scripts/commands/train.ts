import type { CommandModule } from 'yargs';
import { loadConfig } from '../../lib/config/index.js';
import { trainModel } from '../../lib/run/train-model.js';
import type { TrainingData } from '../../lib/run/training-data.js';
import type { LogLine } from '../../lib/train/log.js';
import { interruptSignal } from '../interrupt.js';
import { startProgress, type Progress } from '../progress.js';
import { configArguments, dataOption, type ConfigArgs } from './options.js';

interface Args extends ConfigArgs {
  data: string;
}

export const train: CommandModule<object, Args> = {
  command: 'train <config>',
  describe: 'Train a diffusion language model, or go on with it',
  builder: (yargs) =>
    dataOption(configArguments(yargs))
      .example('$0 train configs/train-e2e.json --data data/e2e', 'train on data/e2e/train.csv')
      .epilogue('A run that was stopped goes on when it is started again. Ctrl-C saves it first.'),
  async handler({ config: path, set, data }) {
    const config = await loadConfig('train', path, { set });
    const view = trainingView(config.optimizer.batchSize * config.model.maxTokens);
    try {
      const result = await trainModel(config, data, { ...view.hooks, signal: interruptSignal() });
      view.stop();
      console.log(
        result.trained
          ? `The model is in ${result.model}`
          : `${config.output} was finished before; the model is in ${result.model}`,
      );
    } finally {
      view.stop();
    }
  },
};

interface StepFacts {
  readonly step: number;
  readonly loss: number;
}

/** A bar with loss and tokens a second, and a line for each measurement. */
function trainingView(tokensPerStep: number) {
  let progress: Progress | undefined;
  let loss: number | undefined;
  let begin = 0;
  let from = 0;
  const hooks = {
    onData: (data: TrainingData) => console.log(describeData(data)),
    onStep(record: StepFacts, steps: number) {
      if (progress === undefined) {
        begin = performance.now(); // the first step holds the compilation: it is left out of the speed
        from = record.step;
        progress = startProgress({ unit: 'steps', total: steps, from });
      }
      loss = loss === undefined ? record.loss : 0.98 * loss + 0.02 * record.loss;
      const seconds = (performance.now() - begin) / 1000;
      const speed = record.step > from ? `, ${Math.round(((record.step - from) * tokensPerStep) / seconds)} tokens/s` : '';
      progress.update(record.step, `loss ${loss.toFixed(3)}${speed}`);
    },
    onMeasure: (line: LogLine) => progress?.print(describeMeasure(line)),
  };
  return { hooks, stop: () => progress?.stop() };
}

function describeData({ rows, validationRows, coverage, empty, tooLong, tokenizer }: TrainingData): string {
  const left = [`${empty.length} empty`, `${tooLong.length} too long`].join(', ');
  return [
    `${rows.length} rows to train on, ${validationRows.length} to validate on; left out: ${left}`,
    `${tokenizer.vocabulary.size} tokens in the vocabulary, which covers ${(100 * (1 - coverage.share)).toFixed(2)} % of the text`,
  ].join('\n');
}

function describeMeasure({ step, validation, samples }: LogLine): string {
  const nats = Object.values((validation ?? {}) as Record<string, number>);
  const texts = (samples as string[] | undefined) ?? [];
  const mean = nats.reduce((a, b) => a + b, 0) / nats.length;
  return [`step ${step}: validation ${mean.toFixed(3)} nats a token`, ...texts.map((text) => `  ${text}`)].join('\n');
}
