import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Argv } from 'yargs';
import { inputError } from '../lib/base/errors.js';
import { locate } from '../lib/base/locate.js';
import type { SlotJudge } from '../lib/judges/controls/slot-judge.js';
import type { StoppableFluency } from '../lib/judges/fluency/language-fluency.js';
import type { ParserChoice } from '../lib/judges/parsers/choose-parser.js';
import type { Parser } from '../lib/judges/parsers/parser.js';
import { coreNlpFolder } from './corenlp-folder.js';

type TaggerChoice = 'wink' | 'corenlp';

/** Arguments of a command that judges. */
export interface ParserArgs {
  parser: ParserChoice;
  tagger: TaggerChoice;
  corenlp: string;
  /** Folders of language models; by default the one in the package. */
  lm?: string[] | undefined;
}

/** Folders of the judges in the package. */
const PARSER = 'models/judges/parser';
const SLOTS = 'models/judges/slots';
const LM = 'models/judges/lm';

const PARSERS: readonly ParserChoice[] = ['auto', 'corenlp', 'embedded'];
const TAGGERS: readonly TaggerChoice[] = ['wink', 'corenlp'];

export const parserOptions = <T>(yargs: Argv<T>) =>
  yargs
    .option('parser', {
      choices: PARSERS,
      default: 'auto' as ParserChoice,
      describe:
        'Parser that judges trees and spans; auto: Stanford CoreNLP if its jars and Java are found, else the embedded parser',
    })
    .option('tagger', {
      choices: TAGGERS,
      default: 'wink' as TaggerChoice,
      describe: 'Tagger that judges part-of-speech tags: wink-nlp, or Stanford CoreNLP',
    })
    .option('corenlp', {
      type: 'string',
      default: coreNlpFolder(),
      describe: 'Folder of the jars of Stanford CoreNLP, or the address of its server',
    })
    .option('lm', {
      type: 'string',
      array: true,
      describe:
        'Language model that judges fluency: a folder written by `train-judge` or in ONNX (repeatable; none if given without a folder)',
      defaultDescription: LM,
    });

/** Files among the arguments of a command that judges. */
export interface JudgedFiles {
  corpus?: string | undefined;
  column?: string | undefined;
  validation?: string | undefined;
  labels?: string | undefined;
}

/** Returns the files under the names that the library gives them. */
export const judgedFiles = ({ corpus, column, validation, labels }: JudgedFiles) => ({
  ...(corpus === undefined ? {} : { corpus }),
  ...(column === undefined ? {} : { column }),
  ...(labels === undefined ? {} : { labels }),
  ...(validation === undefined ? {} : { heldOut: validation }),
});

/** Parsers and models that judges use. */
export interface JudgeResources {
  readonly parser: Parser;
  /** Undefined if wink-nlp tags. */
  readonly tagger?: Parser;
  readonly classifier?: SlotJudge;
  readonly fluency: readonly StoppableFluency[];
  /** Stops all servers and sessions. */
  stop(): Promise<void>;
}

/**
 * Opens the parsers that were asked for, which parse each text once (one serves trees and tags if possible), the slot classifier if it is
 * present, and the language models. Servers start on first use.
 */
export async function openJudgeResources({ parser, tagger, corenlp, lm }: ParserArgs): Promise<JudgeResources> {
  const [{ loadSlotJudge }, { languageFluency }] = await Promise.all([
    import('../lib/judges/controls/slot-judge.js'),
    import('../lib/judges/fluency/language-fluency.js'),
  ]);
  const parsers = await openParsers(parser, tagger, corenlp);
  const classifier = existsSync(join(locate(SLOTS), 'config.json')) ? await loadSlotJudge(locate(SLOTS)) : undefined;
  const folders = lm ?? (existsSync(join(locate(LM), 'config.json')) ? [LM] : []);
  const fluency = await Promise.all(folders.map((folder) => languageFluency(locate(folder))));
  const names = fluency.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw inputError('--lm', `two of the models have the name "${twice}"; give only one of them`);
  return {
    parser: parsers.trees,
    ...(parsers.tags && { tagger: parsers.tags }),
    ...(classifier && { classifier }),
    fluency,
    async stop() {
      await Promise.all([parsers.stop(), classifier?.stop(), ...fluency.map((judge) => judge.stop())]);
    },
  };
}

async function openParsers(parser: ParserChoice, tagger: TaggerChoice, coreNlp: string) {
  const [{ chooseParser }, { CORENLP, rememberingParser }] = await Promise.all([
    import('../lib/judges/parsers/choose-parser.js'),
    import('../lib/judges/parsers/parser.js'),
  ]);
  const places = { coreNlp, embedded: locate(PARSER) };
  const chosen = await chooseParser(parser, places);
  const trees = rememberingParser(chosen);
  if (tagger === 'wink') return { trees, stop: () => chosen.stop() };
  if (chosen.name === CORENLP) return { trees, tags: trees, stop: () => chosen.stop() };
  const other = await chooseParser('corenlp', places);
  return { trees, tags: rememberingParser(other), stop: () => Promise.all([chosen.stop(), other.stop()]) };
}
