import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../base/errors.js';
import { locate } from '../base/locate.js';
import type { CertifyConfig } from '../config/index.js';
import type { Condition } from './conditions.js';
import { helperProblems, type JudgeFolders, type JudgeRecord, trainedJudgeFor, weightsHash } from './judge-records.js';

/** Judges that choose the candidates of a run among its attempts. Those that accept see only what these choose. */
export interface Screen {
  readonly folders: JudgeFolders;
  /** The conditions that they judge, and these as the config has them. */
  readonly conditions: readonly Condition[];
  readonly accept: CertifyConfig['accept'];
  /** SHA-256 of their weights, by the names of their folders. */
  readonly hashes: Readonly<Record<string, string>>;
}

/**
 * Finds the judges of a screen.
 *
 * @param records of the judges that accept, which must have other weights than those of the screen
 * @returns the screen, with every reason why it cannot be used; none if the config asks for none
 */
export async function planScreen(
  { screen, attempts, accept }: Pick<CertifyConfig, 'screen' | 'attempts' | 'accept'>,
  conditions: readonly Condition[],
  records: Readonly<Record<string, JudgeRecord>>,
): Promise<{ readonly screen?: Screen; readonly problems: readonly Problem[] }> {
  if (screen === undefined) return { problems: [] };
  const root = locate(screen);
  const own = new Map<string, string>(); // the folder of each judge, by its name
  const isScreened = conditions.map((condition) => {
    const name = trainedJudgeFor(condition);
    if (name === undefined || !existsSync(join(root, name, 'config.json'))) return false;
    own.set(name, join(root, name));
    return true;
  });
  const found = await Promise.all([...own].map(async ([name, folder]) => [name, await weightsHash(folder)] as const));
  const hashes = Object.fromEntries(found.flatMap(([name, hash]) => (hash === undefined ? [] : [[name, hash]])));
  const messages = [
    ...(attempts > 1 ? [] : ['chooses among attempts, and a candidate has one here; set `attempts`, or leave this out']),
    ...(own.size > 0 ? [] : [`expected judges of the conditions in ${root}, each in a folder as \`train-judge\` writes it (lm, parser, slots); found none`]), // prettier-ignore
    ...[...own].flatMap(([name, folder]) => helperProblems(folder, hashes[name], records)),
  ];
  const { parser, slots, ...fluency } = Object.fromEntries(own);
  return {
    screen: {
      folders: { ...(parser !== undefined && { parser }), ...(slots !== undefined && { slots }), fluency },
      conditions: conditions.filter((_, i) => isScreened[i]),
      accept: accept.filter((_, i) => isScreened[i]),
      hashes,
    },
    problems: messages.map((message) => ({ path: '/screen', message })),
  };
}
