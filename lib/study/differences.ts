import { join } from 'node:path';
import type { Key } from '../base/random.js';
import { targetKey } from '../evaluate/target.js';
import { addScores, natsPerTokenOf, scoreOf } from '../evaluate/score-sums.js';
import { scoredTexts } from '../evaluate/scored-texts.js';
import { pairedBootstrap, type PairedComparison } from '../metrics/bootstrap.js';
import { ClusterSums } from '../metrics/cluster-sums.js';

/** Adds up the scores of an evaluated run by target; a target has the same name in all runs. */
export async function readScoreSums(folder: string): Promise<ClusterSums> {
  const sums = new ClusterSums();
  for await (const { line, scores } of scoredTexts(join(folder, 'samples.jsonl'), join(folder, 'scores.jsonl')))
    addScores(sums, targetKey(line.target), scores);
  return sums;
}

export interface RunDifferences {
  /** Targets that both runs have. */
  readonly targets: number;
  /** Success by label of the guide, for guides that were judged in both runs. */
  readonly guides: Readonly<Record<string, PairedComparison>>;
  /** By a language model that measured both runs. */
  readonly natsPerToken?: PairedComparison;
}

/**
 * Compares two runs by a paired bootstrap over the targets that both have. Returns no figures if they have none in common.
 *
 * @param guides labels to compare
 * @param fluency name of the language model to compare by
 */
export function differencesOf(
  first: ClusterSums,
  other: ClusterSums,
  guides: readonly string[],
  fluency: string | undefined,
  key: Key,
): RunDifferences {
  const inFirst = new Set(first.clusters);
  const common = other.clusters.filter((target) => inFirst.has(target));
  if (common.length === 0) return { targets: 0, guides: {} };
  const [a, b] = [first.restrictedTo(common), other.restrictedTo(common)];
  const bothHave = (column: string): boolean => [a, b].every((sums) => sums.column(column).some((n) => n > 0));
  const compared = guides.filter((guide) => bothHave(`${guide} n`));
  return {
    targets: common.length,
    guides: Object.fromEntries(compared.map((guide) => [guide, pairedBootstrap(a, b, scoreOf(guide), { key })])),
    ...(fluency !== undefined &&
      bothHave(`tokens ${fluency}`) && { natsPerToken: pairedBootstrap(a, b, natsPerTokenOf(fluency), { key }) }),
  };
}
