import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../base/errors.js';
import { locate } from '../base/locate.js';
import type { CertifyConfig } from '../config/index.js';
import { hashOf } from '../model/checkpoint/checkpoint.js';
import type { Condition } from './conditions.js';
import { type JudgeFolders, trainedJudgeFor } from './judge-records.js';

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
 * @param judged the conditions, and the folders of the judges that accept, which must be others than those of the screen
 * @returns the screen, with every reason why it cannot be used; none if the config asks for none
 */
export async function planScreen(
  { screen, attempts, accept }: Pick<CertifyConfig, 'screen' | 'attempts' | 'accept'>,
  {
    conditions,
    folders,
  }: {
    readonly conditions: readonly Condition[];
    readonly folders: JudgeFolders;
  },
): Promise<{ readonly screen?: Screen; readonly problems: readonly Problem[] }> {
  if (screen === undefined) return { problems: [] };
  const root = locate(screen);
  const judges = conditions.map(trainedJudgeFor);
  const own = [...new Set(judges)].filter(
    (name) => name !== undefined && existsSync(join(root, name, 'config.json')),
  ) as string[];
  const hashes = await hashesIn(Object.fromEntries(own.map((name) => [name, join(root, name)])));
  const others = await hashesIn({ ...folders.fluency, parser: folders.parser, slots: folders.slots });
  const messages = [
    ...(attempts > 1 ? [] : ['chooses among attempts, and a candidate has one here; set `attempts`, or leave this out']),
    ...(own.length > 0 ? [] : [`expected judges of the conditions in ${root}, each in a folder as \`train-judge\` writes it (lm, parser, slots); found none`]), // prettier-ignore
    ...own.filter((name) => hashes[name] !== undefined && hashes[name] === others[name]).map((name) => `${join(root, name)} is the judge that accepts; train another one, which has no part in what the certificate says`), // prettier-ignore
  ];
  const { parser, slots, ...fluency } = Object.fromEntries(own.map((name) => [name, join(root, name)]));
  const isOwn = (_: unknown, i: number): boolean => own.includes(judges[i] ?? '');
  return {
    screen: {
      folders: { ...(parser !== undefined && { parser }), ...(slots !== undefined && { slots }), fluency },
      conditions: conditions.filter(isOwn),
      accept: accept.filter(isOwn),
      hashes,
    },
    problems: messages.map((message) => ({ path: '/screen', message })),
  };
}

async function hashesIn(folders: Readonly<Record<string, string | undefined>>): Promise<Record<string, string>> {
  const found = Object.entries(folders).map(async ([name, folder]) => {
    const hash = folder === undefined ? undefined : await hashOf(join(folder, 'model.safetensors')).catch(() => undefined); // a model in ONNX has another layout
    return hash === undefined ? [] : [[name, hash] as const];
  });
  return Object.fromEntries((await Promise.all(found)).flat());
}
