import type { CommandModule } from 'yargs';
import { coreNlpFolder } from '../corenlp-folder.js';
import { registryWith } from '../registry.js';
import { pluginsOption, type PluginArgs } from './options.js';

interface JudgeArgs extends PluginArgs {
  run: string;
  corpus: string | undefined;
  column: string | undefined;
  validation: string | undefined;
  corenlp: string;
}

export const judgeCommand: CommandModule<object, JudgeArgs> = {
  command: 'judge <run>',
  describe: 'Measure how often the controls of a run succeeded',
  builder: (yargs) =>
    pluginsOption(yargs)
      .positional('run', { type: 'string', demandOption: true, describe: 'Output folder of `generate`' })
      .option('corpus', { type: 'string', describe: 'Training corpus: adds fluency and the share of copies' })
      .option('column', { type: 'string', describe: 'Column of a CSV corpus that holds the text' })
      .option('validation', { type: 'string', describe: 'Held-out corpus, whose fluency is printed beside' })
      .option('corenlp', {
        type: 'string',
        default: coreNlpFolder(),
        describe: 'Jars of Stanford CoreNLP, or the address of its server: judges trees and spans',
      })
      .example('$0 judge runs/quickstart', 'success of every guide')
      .example('$0 judge runs/pos --corpus data/e2e/train.csv --column ref', 'fluency and copies too'),
  async handler({ run, corpus, column, validation, corenlp, plugins }) {
    const [{ judgeFolder }, { coreNlpAt, rememberingParser, renderReport }, { guides, judges }] = await Promise.all([
      import('../../lib/run/judge-run.js'),
      import('../../lib/evaluate/index.js'),
      registryWith(plugins),
    ]);
    const coreNlp = coreNlpAt(corenlp);
    const options = {
      judges,
      parser: rememberingParser(coreNlp.parser),
      ...(corpus === undefined ? {} : { corpus }),
      ...(column === undefined ? {} : { column }),
      ...(validation === undefined ? {} : { heldOut: validation }),
    };
    try {
      console.log(renderReport(await judgeFolder(run, guides, options)));
    } finally {
      await coreNlp.stop();
    }
  },
};
