import type { Command } from './options.js';

interface ValidateArgs {
  model: string;
  corpus: string;
  column: string | undefined;
}

export const validateCommand: Command<ValidateArgs> = {
  builder: (yargs) =>
    yargs
      .positional('model', { type: 'string', demandOption: true, describe: 'Folder of a checkpoint' })
      .option('corpus', { type: 'string', demandOption: true, describe: 'Held-out corpus: .csv, .jsonl or .txt' })
      .option('column', { type: 'string', describe: 'Column of a CSV corpus that holds the text' })
      .example('$0 validate models/e2e --corpus data/e2e/valid.csv --column ref', 'cross-entropy at ten noise levels'),
  async handler({ model, corpus, column }) {
    const { validateModel } = await import('../../lib/train/denoiser/validate-model.js');
    const { levels, mean, rows, tooLong } = await validateModel(model, corpus, column === undefined ? {} : { column });
    console.log(`cross-entropy in nats per token over ${rows} rows (${tooLong} are too long for the model)`);
    for (const [level, nats] of Object.entries({ ...levels, mean })) console.log(`${level.padEnd(12)} ${nats.toFixed(3)}`);
  },
};
