import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Argv } from 'yargs';
import type { Parser, ParserChoice, SlotClassifier } from '../lib/evaluate/index.js';
import { locate } from '../lib/run/locate.js';
import { coreNlpFolder } from './corenlp-folder.js';

/** Of a command that judges. */
export interface ParserArgs {
  parser: ParserChoice;
  corenlp: string;
}

/** Where the judges that come with the package are. */
const PARSER = 'models/judges/parser';
const SLOTS = 'models/judges/slots';

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

/** What judges need beside the texts. */
export interface JudgeMeans {
  readonly parser: Parser;
  readonly classifier?: SlotClassifier;
  /** Ends what was started. */
  stop(): Promise<void>;
}

/** The parser that was asked for, which parses each text once, and the slot classifier where it is. Nothing is started before it is needed. */
export async function openJudgeMeans({ parser, corenlp }: ParserArgs): Promise<JudgeMeans> {
  const { chooseParser, embeddedClassifier, rememberingParser } = await import('../lib/evaluate/index.js');
  const chosen = await chooseParser(parser, { coreNlp: corenlp, embedded: locate(PARSER) });
  const classifier = existsSync(join(locate(SLOTS), 'config.json')) ? await embeddedClassifier(locate(SLOTS)) : undefined;
  return {
    parser: rememberingParser(chosen),
    ...(classifier && { classifier }),
    async stop() {
      await Promise.all([chosen.stop(), classifier?.stop()]);
    },
  };
}
