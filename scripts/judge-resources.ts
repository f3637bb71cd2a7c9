import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Argv } from 'yargs';
import { inputError } from '../lib/base/errors.js';
import { locate } from '../lib/base/locate.js';
import type { JudgeFolders } from '../lib/certify/index.js';
import type { SlotJudge } from '../lib/judges/controls/slot-judge.js';
import type { StoppableFluency } from '../lib/judges/fluency/language-fluency.js';
import type { ParserChoice, ParserLocations } from '../lib/judges/parsers/choose-parser.js';
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

/** Folder of the judges of a model that brings none of its own. */
const JUDGES = 'models/judges';

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
      defaultDescription: `MODEL/judges/lm, or ${JUDGES}/lm`,
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
  /** Folders of the trained judges: the embedded parser, whether it is used or not, the slot classifier, and the language models by name. */
  readonly folders: JudgeFolders;
  /** Stops all servers and sessions. */
  stop(): Promise<void>;
}

/**
 * Opens the parsers that were asked for, which parse each text once (one serves trees and tags if possible), the slot classifier if it is
 * present, and the language models. Servers start on first use.
 *
 * @param model folder of the model that made the texts: its `judges` folder, if any, holds judges of its kind of text
 */
export async function openJudgeResources({ parser, tagger, corenlp, lm }: ParserArgs, model?: string): Promise<JudgeResources> {
  const [{ loadSlotJudge }, { languageFluency }] = await Promise.all([
    import('../lib/judges/controls/slot-judge.js'),
    import('../lib/judges/fluency/language-fluency.js'),
  ]);
  const parsers = await openParsers(parser, tagger, { coreNlp: corenlp, embedded: judgeFolderOf('parser', model) });
  const slots = judgeFolderOf('slots', model);
  const classifier = isTrained(slots) ? await loadSlotJudge(slots) : undefined;
  const folders = lm?.map(locate) ?? [judgeFolderOf('lm', model)].filter(isTrained);
  const fluency = await Promise.all(folders.map((folder) => languageFluency(folder)));
  const names = fluency.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw inputError('--lm', `two of the models have the name "${twice}"; give only one of them`);
  return {
    parser: parsers.trees,
    ...(parsers.tags && { tagger: parsers.tags }),
    ...(classifier && { classifier }),
    fluency,
    folders: {
      parser: judgeFolderOf('parser', model),
      ...(classifier && { slots }),
      fluency: Object.fromEntries(fluency.map(({ name }, i) => [name, folders[i]!])),
    },
    async stop() {
      await Promise.all([parsers.stop(), classifier?.stop(), ...fluency.map((judge) => judge.stop())]);
    },
  };
}

/** Opens the judges of a run by the model that its run.json names. */
export async function openJudgesOfRun(args: ParserArgs, run: string): Promise<JudgeResources> {
  const { readManifest } = await import('../lib/run/manifest.js');
  return openJudgeResources(args, (await readManifest(join(run, 'run.json')))?.config.model);
}

/** Returns the folder of a trained judge: the model's own if it has one. */
function judgeFolderOf(judge: 'parser' | 'slots' | 'lm', model?: string): string {
  const own = model === undefined ? undefined : join(locate(model), 'judges', judge);
  return own !== undefined && isTrained(own) ? own : locate(join(JUDGES, judge));
}

const isTrained = (folder: string): boolean => existsSync(join(folder, 'config.json'));

async function openParsers(parser: ParserChoice, tagger: TaggerChoice, locations: ParserLocations) {
  const [{ chooseParser }, { CORENLP, rememberingParser }] = await Promise.all([
    import('../lib/judges/parsers/choose-parser.js'),
    import('../lib/judges/parsers/parser.js'),
  ]);
  const chosen = await chooseParser(parser, locations);
  const trees = rememberingParser(chosen);
  if (tagger === 'wink') return { trees, stop: () => chosen.stop() };
  if (chosen.name === CORENLP) return { trees, tags: trees, stop: () => chosen.stop() };
  const other = await chooseParser('corenlp', locations);
  return { trees, tags: rememberingParser(other), stop: () => Promise.all([chosen.stop(), other.stop()]) };
}
