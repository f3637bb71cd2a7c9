import { coreNlpFolder } from '../corenlp-folder.js';
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
