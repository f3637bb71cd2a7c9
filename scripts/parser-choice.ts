import type { Argv } from 'yargs';
import type { ParserChoice, StoppableParser } from '../lib/evaluate/index.js';
import { locate } from '../lib/run/locate.js';
import { coreNlpFolder } from './corenlp-folder.js';

/** Of a command that judges trees. */
export interface ParserArgs {
  parser: ParserChoice;
  corenlp: string;
}

/** Where the parser that comes with the package is. */
const EMBEDDED = 'models/judges/parser';
const CHOICES: readonly ParserChoice[] = ['auto', 'corenlp', 'embedded'];

export const parserOptions = <T>(yargs: Argv<T>) =>
  yargs
    .option('parser', {
      choices: CHOICES,
      default: 'auto' as ParserChoice,
      describe: 'Judges trees and spans; auto: Stanford CoreNLP where its jars and Java are, else the embedded parser',
    })
    .option('corenlp', {
      type: 'string',
      default: coreNlpFolder(),
      describe: 'Jars of Stanford CoreNLP, or the address of its server',
    });

/** The parser that was asked for, which parses each text once. Stop it at the end. */
export async function openParser({ parser, corenlp }: ParserArgs): Promise<StoppableParser> {
  const { chooseParser, rememberingParser } = await import('../lib/evaluate/index.js');
  const chosen = await chooseParser(parser, { coreNlp: corenlp, embedded: locate(EMBEDDED) });
  return { ...rememberingParser(chosen), stop: () => chosen.stop() };
}
