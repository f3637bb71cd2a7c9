import type { CommandModule } from 'yargs';

interface Args {
  folder: string;
  output: string;
  heads: number | undefined;
}

export const importCommand: CommandModule<object, Args> = {
  command: 'import <folder>',
  describe: 'Turn a checkpoint of the original Diffusion-LM code into one of ours',
  builder: (yargs) =>
    yargs
      .positional('folder', {
        type: 'string',
        demandOption: true,
        describe: 'Holds model.safetensors, training_args.json and vocab.json',
      })
      .option('output', { type: 'string', demandOption: true, describe: 'Folder of the new checkpoint' })
      .option('heads', { type: 'number', describe: 'Attention heads of the network. Default: one for 64 numbers of its width' })
      .example('$0 import downloads/diff_e2e --output models/paper-e2e', 'docs/import.md tells how to get the three files'),
  async handler({ folder, output, heads }) {
    const [{ saveCheckpoint }, { importOriginal }, { vocabularyWith }, { wordTokenizer }] = await Promise.all([
      import('../../lib/model/checkpoint.js'),
      import('../../lib/model/import.js'),
      import('../../lib/text/vocabulary.js'),
      import('../../lib/text/word-tokenizer.js'),
    ]);
    const { config, tensors, tokens } = await importOriginal(folder, heads === undefined ? {} : { heads });
    const id = (token: string) => tokens.indexOf(token);
    const vocabulary = vocabularyWith(tokens, { pad: id('PAD'), unk: id('UNK'), start: id('START'), end: id('END') });
    await saveCheckpoint(output, { config, tokenizer: wordTokenizer(vocabulary), weights: tensors }, { float16: false });
    console.log(`${output}: ${config.layers} layers, ${vocabulary.size} tokens, up to ${config.maxTokens} a text`);
  },
};
