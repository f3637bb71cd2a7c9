import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mapLeaves, type ClauseTree, type GenerateConfig } from '../config/index.js';
import { inputError, messageOf } from '../errors.js';
import {
  judgeRun,
  standardJudges,
  type Judge,
  type JudgedGuide,
  type LabelClassifier,
  type Parser,
  type RunReport,
  type SampleLine as JudgedLine,
  type SlotClassifier,
} from '../evaluate/index.js';
import { loadCheckpoint } from '../model/checkpoint.js';
import type { Registry } from '../sampler/guide.js';
import { readCorpus } from '../text/corpus.js';
import { splitWords } from '../text/word-tokenizer.js';
import { labelClassifierOf } from './judge-labels.js';
import { locate } from './locate.js';
import { readManifest } from './manifest.js';
import { planContext } from './guides.js';
import { planRun, type PlannedGuide } from './plan.js';
import type { SampleLine } from './shard.js';

export interface JudgeOptions {
  /** Training corpus, for fluency and copies. */
  readonly corpus?: string;
  readonly column?: string;
  /** Held-out corpus, whose fluency is printed beside. */
  readonly heldOut?: string;
  /** For the judges of trees and spans. */
  readonly parser?: Parser;
  /** For the judge of attributes. */
  readonly classifier?: SlotClassifier;
  /** Labelled texts, for the judge of `classify`; by default the corpus, where it has the columns that the guide learned from. */
  readonly labels?: string;
  /** Beside those that come with the library: of guides of the user's own. */
  readonly judges?: readonly Judge[];
}

/**
 * Judges the texts of a run folder by means that no guide shares.
 * Errors: an InputError where the folder holds no run, or a line of it is broken.
 */
export async function judgeFolder(folder: string, registry: Registry, options: JudgeOptions = {}): Promise<RunReport> {
  const manifest = await readManifest(join(folder, 'run.json'));
  if (!manifest) throw inputError(folder, 'holds no run.json; expected the output folder of `diffusteer generate`');
  const lines = await readSamples(join(folder, 'samples.jsonl'));
  const { guideOptions, labels } = await readGuides(manifest.config, lines, registry, folder, options);
  const words = async (path: string) =>
    (await readCorpus(path, options.column === undefined ? {} : { column: options.column })).rows.map(({ text }) =>
      splitWords(text),
    );
  return judgeRun(lines as readonly JudgedLine[], {
    options: guideOptions,
    judges: [
      ...standardJudges({
        split: splitWords,
        ...(options.parser && { parser: options.parser }),
        ...(options.classifier && { classifier: options.classifier }),
        ...(labels && { labels }),
      }),
      ...(options.judges ?? []),
    ],
    ...(options.corpus === undefined ? {} : { corpus: await words(options.corpus) }),
    ...(options.heldOut === undefined ? {} : { heldOut: await words(options.heldOut) }),
  });
}

interface JudgedGuides {
  /** The options that each guide had for each text. */
  readonly guideOptions: readonly Readonly<Record<string, unknown>>[];
  readonly labels?: LabelClassifier | undefined;
}

/** What the judges need to know of a run's guides. */
async function readGuides(
  config: GenerateConfig,
  lines: readonly SampleLine[],
  registry: Registry,
  where: string,
  options: JudgeOptions,
): Promise<JudgedGuides> {
  if (config.guidance.length === 0) return { guideOptions: lines.map(() => ({})) };
  const checkpoint = await loadCheckpoint(locate(config.model));
  const targets = lines.map(({ target }) => target);
  const { clauses, guides } = await planRun({ ...config, targets }, planContext(registry, checkpoint), where);
  return {
    guideOptions: lines.map((_, i) => Object.fromEntries(clauses.map(({ label, tree }) => [label, judgedAs(tree, i)]))),
    labels: await labelClassifierOf(guides, checkpoint, options),
  };
}

/** The options of a guide for a text; of a group, its clauses with the guides and their options for leaves. */
function judgedAs(tree: ClauseTree<PlannedGuide>, text: number): unknown {
  if ('leaf' in tree) return tree.leaf.options[text];
  return mapLeaves(tree, ({ factory, options }): JudgedGuide => ({ guide: factory.name, options: options[text] }));
}

/** The lines of a samples file; a last line that was cut short is left out. */
export async function readSamples(path: string): Promise<SampleLine[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw inputError(path, `cannot be read: ${messageOf(error)}`);
  });
  const whole = text.split('\n').slice(0, -1);
  return whole.map((line, i) => {
    try {
      return JSON.parse(line) as SampleLine;
    } catch {
      throw inputError(`${path}:${i + 1}`, 'is not JSON; remove the line, or make the run again');
    }
  });
}
