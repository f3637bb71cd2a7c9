import { spawn } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { missingJars } from './corenlp-jars.js';
import { coreNlpAt } from './corenlp-server.js';
import { CORENLP, noParser, type StoppableParser } from './parser.js';
import { loadShippedParser } from './shipped-parser.js';

/** `auto` is CoreNLP if it can run, else the embedded parser. */
export type ParserChoice = 'auto' | 'corenlp' | 'embedded';

/** The locations of the parsers. */
export interface ParserLocations {
  /** The folder of the jars of Stanford CoreNLP, or the address of a server: `http://...`. */
  readonly coreNlp: string;
  /** The folder of the embedded parser. */
  readonly embedded: string;
}

/**
 * Returns the parser for the judges of trees and spans; it starts with the first text.
 *
 * @param threads CPU threads of the embedded parser. Default: as `openDevice`
 * @throws InputError if `embedded` is asked for and its folder holds no parser
 */
export async function chooseParser(choice: ParserChoice, locations: ParserLocations, threads?: number): Promise<StoppableParser> {
  if (choice === 'embedded') return loadShippedParser(locations.embedded, threads);
  if (choice === 'corenlp' || (await coreNlpRuns(locations.coreNlp))) {
    const { parser, stop } = coreNlpAt(locations.coreNlp);
    return { ...parser, name: CORENLP, slow: true, stop };
  }
  if (await exists(join(locations.embedded, 'config.json'))) return loadShippedParser(locations.embedded, threads);
  const why = `needs trees: ${locations.coreNlp} has no Stanford CoreNLP that runs (\`diffusteer corenlp check\`), and ${locations.embedded} no parser (\`diffusteer train-judge\`)`;
  return { ...noParser(why), stop: () => Promise.resolve() };
}

/** Returns whether the jars and Java are there; an address is trusted. */
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
