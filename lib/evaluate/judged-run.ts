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
import { type PlannedGuide, planRun } from '../plan/plan.js';
import { type Manifest, readManifest } from '../run/manifest.js';
import type { SampleLine } from '../run/sample-line.js';
import { splitWords } from '../text/word-tokenizer.js';
import { referenceOf } from './judge.js';

/** A run folder whose texts are to be judged. */
export interface JudgedRun {
  readonly folder: string;
  readonly manifest: Manifest;
  /** samples.jsonl. */
  readonly samples: string;
  /** Of the clauses that act by themselves, in the order of the config. */
  readonly labels: readonly string[];
  /** Those inside of groups too. */
  readonly guides: readonly UsedGuide[];
  readonly checkpoint: Checkpoint;
  /** How the run's model splits text into words. */
  readonly split: (text: string) => readonly string[];
  /** A person's text for a target, where it carries one. */
  referenceOf(target: SampleLine['target']): readonly string[] | undefined;
  /** The options that each guide had for each text, by label. Errors: an InputError where the guides refuse them. */
  optionsOf(lines: readonly Pick<SampleLine, 'target'>[]): Promise<Record<string, unknown>[]>;
}

/** A guide of a run, and where it acted. */
export interface UsedGuide {
  readonly name: string;
  readonly via: Via;
}

/** Errors: an InputError where the folder holds no run, or the run's model is gone. */
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
    split: tokenizer.level === 'word' ? (text) => tokenizer.tokenize(text) : splitWords,
    referenceOf: (target) => referenceOf(target, taken),
    optionsOf: (lines) => optionsOf(config, lines, registry, checkpoint, folder),
  };
}

function usedGuide({ guide, via }: GuideClause, registry: Registry): UsedGuide[] {
  const place = via ?? registry.get(guide)?.places[0];
  return place === undefined ? [] : [{ name: guide, via: place }];
}

/** The targets of the lines stand for those of the config, each once. */
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
  const places = new Map([...targets.keys()].map((key, i) => [key, i]));
  const context = planContext(registry, checkpoint);
  const { clauses } = await planRun({ ...config, targets: [...targets.values()] }, context, where);
  return keys.map((key) =>
    Object.fromEntries(clauses.map(({ label, tree }) => [label, judgedAs(tree, places.get(key)!)] as const)),
  );
}

/** The options of a guide for a target; of a group, its clauses with the guides and their options for leaves. */
function judgedAs(tree: ClauseTree<PlannedGuide>, target: number): unknown {
  if ('leaf' in tree) return tree.leaf.options[target];
  return mapLeaves(tree, ({ factory, options }): JudgedGuide => ({ guide: factory.name, options: options[target] }));
}
