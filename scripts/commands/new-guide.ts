import type { Command } from './options.js';

interface Args {
  name: string;
  dir: string;
}

export const newGuideCommand: Command<Args> = {
  builder: (yargs) =>
    yargs
      .positional('name', {
        type: 'string',
        demandOption: true,
        describe: 'As a config will name it: small letters, digits, dashes',
      })
      .option('dir', { type: 'string', default: 'plugins', describe: 'Folder to write it to' })
      .example('$0 new-guide no-adverbs', 'writes plugins/no-adverbs.ts and plugins/no-adverbs.test.ts'),
  async handler({ name, dir }) {
    const [{ writeNewGuide }, { builtInGuides }] = await Promise.all([
      import('../new-guide.js'),
      import('../../guidance/index.js'),
    ]);
    const [guide, test] = await writeNewGuide(name, dir, builtInGuides);
    const guidance = JSON.stringify([{ guide: name, words: ['cheap'] }]);
    console.log(`${guide} forbids words, until you change it; ${test} is its test. Next:\n`);
    console.log(`  npx tsx --test ${test}`);
    console.log(
      `  npx diffusteer generate configs/unguided.json --plugins ${dir} --set 'guidance=${guidance}' --set samplesPerTarget=8 --set output=runs/${name}`,
    );
  },
};
