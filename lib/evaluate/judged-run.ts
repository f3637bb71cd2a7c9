import { join } from 'node:path';
import { inputError } from '../base/errors.js';
import { locate } from '../base/locate.js';
import { type ClauseTree, type GenerateConfig, type GuideClause, leavesOf, mapLeaves, takenFields } from '../config/index.js';
import type { Via } from '../guide/contract.js';
import type { Registry } from '../guide/registry.js';
import { type JudgedGuide } from '../judges/controls/clause.js';
import { type Checkpoint, loadCheckpoint } from '../model/checkpoint/checkpoint.js';
import { placeClauses } from '../plan/clauses.js';
import { planContext } from '../plan/make-guides.js';
import { type PlannedClause, type PlannedGuide, planRun } from '../plan/plan.js';
import { type Manifest, readManifest } from '../run/manifest.js';
import type { SampleLine } from '../run/sample-line.js';
import type { Tokenizer } from '../text/types.js';
import { splitWords } from '../text/word-tokenizer.js';
import { referenceOf } from './target.js';

/** A run folder whose texts are to be judged. */
export interface JudgedRun {
  readonly folder: string;
  readonly manifest: Manifest;
  /** Path of samples.jsonl. */
  readonly samples: string;
  /** Labels of the clauses at the top of `guidance`, in the order of the config. */
  readonly labels: readonly string[];
  /** All guides, including those inside groups. */
  readonly guides: readonly UsedGuide[];
  readonly checkpoint: Checkpoint;
  /** Words of the model, without its special tokens. */
  readonly vocabulary: readonly string[];
  /** All texts of the run have the same target. */
  readonly isOneTarget: boolean;
  /** Splits text into words as the run's model does. */
  readonly split: (text: string) => readonly string[];
  /** Joins words to text as the run's model does. */
  readonly join: (words: readonly string[]) => string;
  /** Returns a person's text for a target, if the target carries one. */
  readonly referenceOf: (target: SampleLine['target']) => readonly string[] | undefined;
  /** Returns the options that each guide had for each text, by label. @throws InputError if the guides refuse them */
  optionsOf(lines: readonly Pick<SampleLine, 'target'>[]): Promise<Record<string, unknown>[]>;
}

/** A guide of a run and how it acted. */
export interface UsedGuide {
  readonly name: string;
  readonly via: Via;
}

/** Opens a run folder for judging. @throws InputError if it holds no run, or the run's model is gone */
export async function openJudgedRun(folder: string, registry: Registry): Promise<JudgedRun> {
  const manifest = await readManifest(join(folder, 'run.json'));
  if (!manifest) throw inputError(folder, 'holds no run.json; expected the output folder of `diffusteer generate`');
  const { config } = manifest;
  const checkpoint = await loadCheckpoint(locate(config.model));
  const { tokenizer } = checkpoint;
  const placed = placeClauses(config.guidance, '/guidance');
  const taken = takenFields(config.guidance);
  return {
    folder,
    manifest,
    samples: join(folder, 'samples.jsonl'),
    labels: placed.map(({ tree }) => ('leaf' in tree ? tree.leaf.label : tree.label)),
    guides: placed.flatMap(({ tree }) => leavesOf(tree)).flatMap(({ clause }) => usedGuide(clause, registry)),
    checkpoint,
    vocabulary: ordinaryWords(tokenizer),
    isOneTarget: manifest.texts <= config.samplesPerTarget, // a branch has fewer,
    split: tokenizer.level === 'word' ? (text) => tokenizer.tokenize(text) : splitWords,
    join: (words) => tokenizer.detokenize(words),
    referenceOf: (target) => referenceOf(target, taken),
    optionsOf: (lines) => optionsOf(config, lines, registry, checkpoint, folder),
  };
}

function ordinaryWords({ vocabulary }: Tokenizer): string[] {
  const special = new Set([vocabulary.pad, vocabulary.unk, vocabulary.start, vocabulary.end]);
  return vocabulary.tokens.filter((_, id) => !special.has(id));
}

function usedGuide({ guide, via }: GuideClause, registry: Registry): UsedGuide[] {
  const used = via ?? registry.get(guide)?.places[0];
  return used === undefined ? [] : [{ name: guide, via: used }];
}

/** Plans the run anew, with each target of the lines once. */
async function optionsOf(
  config: GenerateConfig,
  lines: readonly Pick<SampleLine, 'target'>[],
  registry: Registry,
  checkpoint: Checkpoint,
  where: string,
): Promise<Record<string, unknown>[]> {
  if (config.guidance.length === 0 || lines.length === 0) return lines.map(() => ({}));
  const keys = lines.map(({ target }) => JSON.stringify(target));
  const targets = new Map(keys.map((key, i) => [key, lines[i]!.target]));
  const indices = new Map([...targets.keys()].map((key, i) => [key, i]));
  const context = planContext(registry, checkpoint);
  const { clauses } = await planRun({ ...config, targets: [...targets.values()] }, context, where);
  return keys.map((key) => judgedOptions(clauses, indices.get(key)!));
}

/** Returns the options that the clauses of a run had for a target, by label, as judges read them. */
export const judgedOptions = (clauses: readonly PlannedClause[], target: number): Record<string, unknown> =>
  Object.fromEntries(clauses.map(({ label, tree }) => [label, judgedAs(tree, target)] as const));

/** Returns the options of a guide for a target; for a group, its tree with the options at the leaves. */
function judgedAs(tree: ClauseTree<PlannedGuide>, target: number): unknown {
  if ('leaf' in tree) return tree.leaf.options[target];
  return mapLeaves(tree, ({ factory, options }): JudgedGuide => ({ guide: factory.name, options: options[target] }));
}
