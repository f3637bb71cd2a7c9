import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { inputError } from '../base/errors.js';
import { writeAside } from '../base/files.js';
import { isRecord } from '../base/is-record.js';
import type { TextScores } from './metrics.js';
import { keepScores, scoreLines } from './score-lines.js';

/** The origin of the scores of a folder: scores.json, next to scores.jsonl. */
export interface ScoredBy {
  /** Version of diffusteer. */
  readonly version: string;
  /** What judged each guide, by label. */
  readonly guides: Readonly<Record<string, string>>;
  /** Language models, by name. */
  readonly fluency: Readonly<Record<string, string>>;
  /** Name of the training corpus that was searched for copies. */
  readonly corpus?: string;
  /** Absent until a held-out corpus is measured. */
  readonly heldOut?: HeldOut;
}

/** The fluency of a held-out corpus. It holds as long as the language model is the same. */
export interface HeldOut {
  /** Name of its file. */
  readonly corpus: string;
  /** By name of the language model. */
  readonly natsPerToken: Readonly<Record<string, number>>;
}

/** An open scores.jsonl. */
export interface ScoresFile {
  readonly path: string;
  /** Texts that already have scores. */
  readonly done: number;
  /** Scores of an earlier evaluation by other or fewer judges; those that still hold are reused. */
  readonly earlier?: EarlierScores;
  readonly by: ScoredBy;
  append(scores: readonly TextScores[]): Promise<void>;
  /** Adds the fluency of a held-out corpus to what is known of the same corpus, and forgets that of another. */
  keepHeldOut(measured: HeldOut): Promise<HeldOut>;
  close(): Promise<void>;
  /** Removes the earlier scores, once all texts have theirs. */
  finish(): Promise<void>;
}

export interface EarlierScores {
  readonly path: string;
  readonly lines: number;
  /** Drops scores by judges other than the current ones. */
  stillTrue(scores: TextScores): TextScores;
}

/**
 * Opens the scores of a run folder to resume them, as far as each line has the scores of its text. If judges have changed, were added, or were
 * unavailable before, starts a new file and reuses the earlier scores that still hold: no judge judges a text twice, and a kill loses nothing.
 *
 * @param by the judges of this evaluation; earlier judges that it lacks stay
 */
export async function openScores(folder: string, by: ScoredBy): Promise<ScoresFile> {
  const names = pathsIn(folder);
  const begun = await readScoredBy(names.by);
  const before = await readScoredBy(names.earlierBy);
  const merged = begun && begun.version === by.version ? mergedWith(begun, by) : by;
  const lines = begun ? await keepScores(names.scores, names.samples) : 0;
  const resumes = begun !== undefined && isDeepStrictEqual(begun, merged);
  if (begun && lines > 0 && before === undefined && (!resumes || (await lacks(names.scores, merged)))) {
    await rename(names.scores, names.earlier);
    await rename(names.by, names.earlierBy);
    return opened(names, merged, 0, begun);
  }
  if (!resumes) await rm(names.scores, { force: true });
  return opened(names, merged, resumes ? lines : 0, before);
}

const pathsIn = (folder: string) => ({
  samples: join(folder, 'samples.jsonl'),
  scores: join(folder, 'scores.jsonl'),
  by: join(folder, 'scores.json'),
  earlier: join(folder, 'scores.earlier.jsonl'),
  earlierBy: join(folder, 'scores.earlier.json'),
});

async function opened(
  names: ReturnType<typeof pathsIn>,
  by: ScoredBy,
  done: number,
  before: ScoredBy | undefined,
): Promise<ScoresFile> {
  const writeBy = (scoredBy: ScoredBy) => writeAside(names.by, `${JSON.stringify(scoredBy, null, 2)}\n`);
  await writeBy(by);
  const file = await open(names.scores, 'a');
  return {
    path: names.scores,
    done,
    by,
    ...(before && {
      earlier: {
        path: names.earlier,
        lines: await keepScores(names.earlier, names.samples),
        stillTrue: (scores) => still(scores, before, by),
      },
    }),
    async append(scores) {
      await file.appendFile(scores.map((line) => `${JSON.stringify(line)}\n`).join(''));
      await file.sync();
    },
    async keepHeldOut({ corpus, natsPerToken }) {
      const known = by.heldOut?.corpus === corpus ? by.heldOut.natsPerToken : {};
      const heldOut = { corpus, natsPerToken: { ...known, ...natsPerToken } };
      await writeBy({ ...by, heldOut });
      return heldOut;
    },
    close: () => file.close(),
    async finish() {
      await rm(names.earlierBy, { force: true });
      await rm(names.earlier, { force: true });
    },
  };
}

async function readScoredBy(path: string): Promise<ScoredBy | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const remedy = 'remove it and scores.jsonl next to it, and evaluate again';
  let by: unknown;
  try {
    by = JSON.parse(text);
  } catch {
    throw inputError(path, `is not JSON; ${remedy}`);
  }
  if (isScoredBy(by)) return by;
  throw inputError(path, `expected the version, guides and fluency of an evaluation; ${remedy}`);
}

function isScoredBy(value: unknown): value is ScoredBy {
  if (!isRecord(value)) return false;
  const { version, guides, fluency, heldOut } = value;
  const isHeldOut = heldOut === undefined || (isRecord(heldOut) && isRecord(heldOut['natsPerToken']));
  return typeof version === 'string' && isNames(guides) && isNames(fluency) && isHeldOut;
}

const isNames = (value: unknown): boolean => isRecord(value) && Object.values(value).every((name) => typeof name === 'string');

function mergedWith(begun: ScoredBy, by: ScoredBy): ScoredBy {
  const merged = {
    ...begun,
    ...by,
    guides: { ...begun.guides, ...by.guides },
    fluency: { ...begun.fluency, ...by.fluency },
  };
  const { heldOut, ...rest } = merged;
  if (heldOut === undefined) return rest;
  const natsPerToken = ofSame(heldOut.natsPerToken, begun.fluency, merged.fluency);
  return { ...rest, heldOut: { ...heldOut, natsPerToken } };
}

/** Returns whether a text lacks the score of a judge, which was unavailable then. */
async function lacks(path: string, { guides, fluency, corpus }: ScoredBy): Promise<boolean> {
  for await (const scores of scoreLines(path)) {
    if (Object.keys(guides).some((label) => scores.guides[label] === undefined)) return true;
    if (Object.keys(fluency).some((name) => scores.fluency[name] === undefined)) return true;
    if (corpus !== undefined && scores.copied === undefined) return true;
  }
  return false;
}

function still(scores: TextScores, before: ScoredBy, now: ScoredBy): TextScores {
  if (before.version !== now.version) return { id: scores.id, sample: scores.sample, guides: {}, fluency: {} };
  const { copied, longestCopied, referenceFluency, ...rest } = scores;
  const fluency = ofSame(scores.fluency, before.fluency, now.fluency);
  return {
    ...rest,
    guides: ofSame(scores.guides, before.guides, now.guides),
    fluency,
    ...(referenceFluency && { referenceFluency: ofSame(referenceFluency, before.fluency, now.fluency) }),
    ...(before.corpus === now.corpus && copied !== undefined && { copied }),
    ...(before.corpus === now.corpus && longestCopied !== undefined && { longestCopied }),
  };
}

type Names = Readonly<Record<string, string>>;

/** Keeps the values of names that stand for the same judge now. */
const ofSame = <T>(values: Readonly<Record<string, T>>, then: Names, now: Names): Record<string, T> =>
  Object.fromEntries(Object.entries(values).filter(([name]) => then[name] === now[name]));
