import { judgedFiles, openJudgesOfRun, type ParserArgs, parserOptions } from '../judge-resources.js';
import { registryWith } from '../registry.js';
import { type Command, type PluginArgs, pluginsOption } from './options.js';

interface JudgeArgs extends PluginArgs, ParserArgs {
  run: string;
  corpus: string | undefined;
  column: string | undefined;
  validation: string | undefined;
  labels: string | undefined;
}

export const judgeCommand: Command<JudgeArgs> = {
  builder: (yargs) =>
    parserOptions(pluginsOption(yargs))
      .positional('run', { type: 'string', demandOption: true, describe: 'Output folder of `generate`' })
      .option('corpus', { type: 'string', describe: 'Training corpus: adds fluency and the share of copies' })
      .option('column', { type: 'string', describe: 'Column of a CSV corpus that holds the text' })
      .option('labels', {
        type: 'string',
        describe: 'Labelled texts that the guide `classify` was trained on; default: the corpus, if it has their columns',
      })
      .option('validation', { type: 'string', describe: 'Held-out corpus, whose fluency is printed for comparison' })
      .example('$0 judge runs/quickstart', 'success of every guide')
      .example('$0 judge runs/pos --corpus data/e2e/train.csv --column ref', 'fluency and copies too'),
  async handler({ run, corpus, column, validation, labels, plugins, ...asked }) {
    const [{ judgeFolder }, { renderReport }, { guides, judges }] = await Promise.all([
      import('../../lib/evaluate/judge.js'),
      import('../../lib/report/render-report.js'),
      registryWith(plugins),
    ]);
    const { stop, ...resources } = await openJudgesOfRun(asked, run);
    const options = { judges, ...resources, ...judgedFiles({ corpus, column, validation, labels }) };
    try {
      console.log(renderReport(await judgeFolder(run, guides, options)));
    } finally {
      await stop();
    }
  },
};
