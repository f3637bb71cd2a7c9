import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Argv } from 'yargs';
import { inputError } from '../lib/base/errors.js';
import { locate } from '../lib/base/locate.js';
import type { JudgeFolders } from '../lib/certify/index.js';
import type { JudgeJob, JudgePool } from '../lib/evaluate/judge-crew.js';
import { type Registry, sourceOf } from '../lib/guide/registry.js';
import type { JudgeSetup, OpenJudges, TaggerChoice } from '../lib/judges/open-judges.js';
import type { ParserChoice } from '../lib/judges/parsers/choose-parser.js';
import { coreNlpFolder } from './corenlp-folder.js';

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
export interface JudgeResources extends OpenJudges {
  /** Folders of the trained judges: the embedded parser, whether it is used or not, the slot classifier, and the language models by name. */
  readonly folders: JudgeFolders;
  /** How another process opens the same judges. */
  readonly source: JudgeSetup;
}

/**
 * Opens the parsers that were asked for, the slot classifier if it is present, and the language models. Servers start on first use.
 *
 * @param model folder of the model that made the texts: its `judges` folder, if any, holds judges of its kind of text
 */
export async function openJudgeResources({ parser, tagger, corenlp, lm }: ParserArgs, model?: string): Promise<JudgeResources> {
  const { openJudges } = await import('../lib/judges/open-judges.js');
  const slots = judgeFolderOf('slots', model);
  const source: JudgeSetup = {
    ...{ parser, tagger },
    locations: { coreNlp: corenlp, embedded: judgeFolderOf('parser', model) },
    slots: isTrained(slots) ? slots : undefined,
    fluency: lm?.map(locate) ?? [judgeFolderOf('lm', model)].filter(isTrained),
  };
  const judges = await openJudges(source);
  const names = judges.fluency.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw inputError('--lm', `two of the models have the name "${twice}"; give only one of them`);
  return {
    ...judges,
    source,
    folders: {
      parser: source.locations.embedded,
      ...(source.slots !== undefined && { slots: source.slots }),
      fluency: Object.fromEntries(names.map((name, i) => [name, source.fluency[i]!])),
    },
  };
}

/** Most worker processes that judge by default: each holds the judges. */
const MOST_WORKERS = 8;
/** Fewest chunks of a run that is shared without being asked for: a process takes about as long to start as it takes to judge a chunk. */
const FEWEST_CHUNKS = 4;

/** How a command shares the work of judging. */
interface Sharing {
  readonly guides: Registry;
  readonly corpora?: JudgeJob['corpora'];
  /** Number of processes. Default: one per core, for long runs. */
  readonly workers?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Returns processes that judge as the given judges do; undefined if this process judges alone, as with CoreNLP, whose server is shared. */
export async function judgePoolOf(
  { source, parser, tagger }: Pick<JudgeResources, 'source' | 'parser' | 'tagger'>,
  { guides, corpora = {}, workers, signal }: Sharing,
): Promise<JudgePool | undefined> {
  if (workers !== undefined && !(Number.isInteger(workers) && workers >= 1))
    throw inputError('--workers', `expected a whole number from 1, got ${workers}`);
  const cores = availableParallelism();
  const count = workers ?? Math.min(cores, MOST_WORKERS);
  const registry = sourceOf(guides);
  if (count < 2 || parser.slow || tagger?.slow || !registry) return undefined;
  const { openJudgePool } = await import('../lib/evaluate/judge-crew.js');
  const job = { guides: registry, judges: source, corpora, threads: Math.max(1, Math.floor(cores / count)) };
  return openJudgePool(job, { workers: count, signal, ...(workers === undefined && { fewest: FEWEST_CHUNKS }) });
}

/** Adds `--workers` to a command that judges. */
export const workersOption = <T>(yargs: Argv<T>) =>
  yargs.option('workers', {
    type: 'number',
    describe: 'Processes that judge at the same time; CoreNLP has one. The scores do not depend on it',
    defaultDescription: 'one per core, for runs of 1,000 texts or more',
  });

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
