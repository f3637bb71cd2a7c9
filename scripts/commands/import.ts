import type { Command } from './options.js';

interface Args {
  folder: string;
  output: string;
  heads: number | undefined;
}

export const importCommand: Command<Args> = {
  builder: (yargs) =>
    yargs
      .positional('folder', {
        type: 'string',
        demandOption: true,
        describe: 'Folder with model.safetensors, training_args.json and vocab.json',
      })
      .option('output', { type: 'string', demandOption: true, describe: 'Folder of the new checkpoint' })
      .option('heads', {
        type: 'number',
        describe: 'Attention heads of the network. Default: one per 64 dimensions of its width',
      })
      .example('$0 import downloads/diff_e2e --output models/paper-e2e', 'docs/import.md says how to get the three files'),
  async handler({ folder, output, heads }) {
    const { importCheckpoint } = await import('../../lib/model/checkpoint/import-checkpoint.js');
    const { layers, vocabularySize, maxTokens } = await importCheckpoint(folder, output, heads);
    console.log(`${output}: ${layers} layers, a vocabulary of ${vocabularySize} tokens, up to ${maxTokens} tokens per text`);
  },
};
