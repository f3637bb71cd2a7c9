import { spawn } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { missingJars } from './corenlp-jars.js';
import { coreNlpAt } from './corenlp-server.js';
import { embeddedParser } from './shipped-parser.js';
import { CORENLP, noParser, type StoppableParser } from './parser.js';

/** `auto` is CoreNLP where it can run, else the embedded parser. */
export type ParserChoice = 'auto' | 'corenlp' | 'embedded';

export interface ParserPlaces {
  /** The folder of the jars of Stanford CoreNLP, or the address of a server: `http://...`. */
  readonly coreNlp: string;
  /** The folder of the embedded parser. */
  readonly embedded: string;
}

/** The parser of the judges of trees and spans; it is started when it is first asked. Errors: an InputError where `embedded` is asked for and holds none. */
export async function chooseParser(choice: ParserChoice, places: ParserPlaces): Promise<StoppableParser> {
  if (choice === 'embedded') return embeddedParser(places.embedded);
  if (choice === 'corenlp' || (await coreNlpRuns(places.coreNlp))) {
    const { parser, stop } = coreNlpAt(places.coreNlp);
    return { ...parser, name: CORENLP, slow: true, stop };
  }
  if (await exists(join(places.embedded, 'config.json'))) return embeddedParser(places.embedded);
  const why = `needs trees: ${places.coreNlp} has no Stanford CoreNLP that runs (\`diffusteer corenlp check\`), and ${places.embedded} no parser (\`diffusteer train-judge\`)`;
  return { ...noParser(why), stop: () => Promise.resolve() };
}

/** Whether the jars are there, and Java to run them; an address is taken at its word. */
async function coreNlpRuns(where: string): Promise<boolean> {
  if (/^https?:/.test(where)) return true;
  return (await missingJars(where)).length === 0 && (await javaRuns());
}

const javaRuns = (): Promise<boolean> =>
  new Promise((resolve) => {
    spawn('java', ['-version'], { stdio: 'ignore' })
      .on('error', () => resolve(false))
      .on('close', (code) => resolve(code === 0));
  });

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
