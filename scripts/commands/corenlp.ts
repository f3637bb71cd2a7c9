import type { CommandModule } from 'yargs';
import { coreNlpFolder } from '../corenlp-folder.js';

interface CoreNlpArgs {
  action: 'fetch' | 'check';
  folder: string;
}

export const coreNlpCommand: CommandModule<object, CoreNlpArgs> = {
  command: 'corenlp <action>',
  describe: 'Fetch Stanford CoreNLP, which judges trees and spans, or check that it works here',
  builder: (yargs) =>
    yargs
      .positional('action', { choices: ['fetch', 'check'] as const, demandOption: true, describe: 'What to do' })
      .option('folder', { type: 'string', default: coreNlpFolder(), describe: 'Folder of its jars' })
      .example('$0 corenlp fetch', 'some 920 MB from Maven Central, by Maven')
      .example('$0 corenlp check', 'starts the server, has it parse a sentence, and stops it'),
  async handler({ action, folder }) {
    const [{ CORENLP_VERSION, fetchCoreNlp }, { startCoreNlp }] = await Promise.all([
      import('../../lib/judges/parsers/corenlp-jars.js'),
      import('../../lib/judges/parsers/corenlp-server.js'),
    ]);
    if (action === 'fetch') {
      console.error(`Fetching Stanford CoreNLP ${CORENLP_VERSION} (some 920 MB) into ${folder}`);
      await fetchCoreNlp(folder);
    }
    const started = performance.now();
    const server = await startCoreNlp(folder);
    const seconds = (performance.now() - started) / 1000;
    await server.stop();
    console.log(`Stanford CoreNLP in ${folder} works: it was ready after ${seconds.toFixed(0)} s.`);
  },
};
