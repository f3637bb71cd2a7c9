import { locate } from '../../lib/base/locate.js';
import { keyOf, split } from '../../lib/base/random.js';
import { readCorpus } from '../../lib/text/corpus.js';
import { splitWords } from '../../lib/text/split-words.js';
import type { Row } from '../../lib/text/types.js';
import { coreNlpFolder } from '../corenlp-folder.js';
import { interruptSignal } from '../interrupt.js';
import { startProgress } from '../progress.js';
import type { Command } from './options.js';

interface CoreNlpArgs {
  action: 'fetch' | 'check';
  folder: string;
}

export const coreNlpCommand: Command<CoreNlpArgs> = {
  builder: (yargs) =>
    yargs
      .positional('action', {
        choices: ['fetch', 'check'] as const,
        demandOption: true,
        describe: 'Download CoreNLP and check it, or only check it',
      })
      .option('folder', { type: 'string', default: coreNlpFolder(), describe: 'Folder of the jars' })
      .example('$0 corenlp fetch', 'downloads about 920 MB from Maven Central, using Maven')
      .example('$0 corenlp check', 'starts the server, parses a sentence, and stops the server'),
  async handler({ action, folder }) {
    const [{ CORENLP_VERSION, fetchCoreNlp }, { startCoreNlp }] = await Promise.all([
      import('../../lib/judges/parsers/corenlp-jars.js'),
      import('../../lib/judges/parsers/corenlp-server.js'),
    ]);
    if (action === 'fetch') {
      console.error(`Downloading Stanford CoreNLP ${CORENLP_VERSION} (about 920 MB) into ${folder}`);
      await fetchCoreNlp(folder);
    }
    const started = performance.now();
    const server = await startCoreNlp(folder);
    const seconds = (performance.now() - started) / 1000;
    await server.stop();
    console.log(`Stanford CoreNLP in ${folder} works: ready after ${seconds.toFixed(0)} s.`);
  },
};

interface ParseArgs {
  corpus: string;
  output: string;
  column: string | undefined;
  names: string | undefined;
  rows: number | undefined;
  corenlp: string;
}

/** Returns the rows with other names, the same ones in each run. */
async function withOtherNames(rows: readonly Pick<Row, 'text'>[], path: string): Promise<Pick<Row, 'text'>[]> {
  const [{ phraseSwapper }, { readPhraseGroups }] = await Promise.all([
    import('../../lib/train/swap.js'),
    import('../../lib/train/training-data.js'),
  ]);
  const swap = phraseSwapper(await readPhraseGroups(locate(path), { tokenize: splitWords }), 1);
  return rows.map(({ text }, i) => ({ text: swap(splitWords(text), split(keyOf(0), 'names', i)).join(' ') }));
}

export const parseCommand: Command<ParseArgs> = {
  builder: (yargs) =>
    yargs
      .positional('corpus', { type: 'string', demandOption: true, describe: 'CSV, JSON Lines or text file' })
      .positional('output', { type: 'string', demandOption: true, describe: 'JSON Lines file to write' })
      .option('column', { type: 'string', describe: 'Column or field of the text' })
      .option('names', {
        type: 'string',
        describe: 'File of names, as augmentation.names; each row is parsed with other names of their groups',
      })
      .option('rows', { type: 'number', describe: 'Parse only the first so many rows' })
      .option('corenlp', {
        type: 'string',
        default: coreNlpFolder(),
        describe: 'Folder of the CoreNLP jars, or address of a server',
      })
      .example('$0 parse data/e2e/train.csv data/e2e/train-parses.jsonl --column ref', 'tags and trees of every row')
      .epilogue('Ctrl-C stops; the same command resumes.'),
  async handler({ corpus, output, column, names, rows: most, corenlp }) {
    const read = await readCorpus(corpus, column === undefined ? {} : { column, field: column });
    const [{ parseCorpus }, { coreNlpAt }] = await Promise.all([
      import('../../lib/train/guides/parse-corpus.js'),
      import('../../lib/judges/parsers/corenlp-server.js'),
    ]);
    const first = read.rows.slice(0, most);
    const rows = names === undefined ? first : await withOtherNames(first, names);
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
