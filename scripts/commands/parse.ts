import { readCorpus } from '../../lib/text/corpus.js';
import { coreNlpFolder } from '../corenlp-folder.js';
import { interruptSignal } from '../interrupt.js';
import { startProgress } from '../progress.js';
import type { Command } from './options.js';

interface ParseArgs {
  corpus: string;
  output: string;
  column: string | undefined;
  corenlp: string;
}

export const parseCommand: Command<ParseArgs> = {
  builder: (yargs) =>
    yargs
      .positional('corpus', { type: 'string', demandOption: true, describe: 'CSV, JSON Lines or text file' })
      .positional('output', { type: 'string', demandOption: true, describe: 'JSON Lines file to write' })
      .option('column', { type: 'string', describe: 'Column or field of the text' })
      .option('corenlp', {
        type: 'string',
        default: coreNlpFolder(),
        describe: 'Folder of the CoreNLP jars, or address of a server',
      })
      .example('$0 parse data/e2e/train.csv data/e2e/train-parses.jsonl --column ref', 'tags and trees of every row')
      .epilogue('Ctrl-C stops; the same command resumes.'),
  async handler({ corpus, output, column, corenlp }) {
    const { rows } = await readCorpus(corpus, column === undefined ? {} : { column, field: column });
    const [{ parseCorpus }, { coreNlpAt }] = await Promise.all([
      import('../../lib/train/guides/parse-corpus.js'),
      import('../../lib/judges/parsers/corenlp-server.js'),
    ]);
    const server = coreNlpAt(corenlp);
    const progress = startProgress({ unit: 'rows', total: rows.length, from: 0 });
    const onRows = (done: number) => progress.update(done);
    try {
      await parseCorpus(rows, output, server.treesOf, { onRows, signal: interruptSignal() });
    } finally {
      progress.stop();
      await server.stop();
    }
    console.log(`The parses are in ${output}`);
  },
};
