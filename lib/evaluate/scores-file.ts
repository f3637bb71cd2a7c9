import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { inputError } from '../base/errors.js';
import { writeAside } from '../base/files.js';
import { cutTornLine, jsonLines } from '../base/jsonl.js';
import type { TextScores } from './metrics.js';

/** By what the scores of a folder were made: scores.json, beside scores.jsonl. */
export interface ScoredBy {
  /** Version of diffusteer. */
  readonly version: string;
  /** By label of the guide. */
  readonly guides: Readonly<Record<string, string>>;
  /** By name of the language model. */
  readonly fluency: Readonly<Record<string, string>>;
  /** The training corpus that copies were looked for in. */
  readonly corpus?: string;
  /** Absent until a held-out corpus was measured. */
  readonly heldOut?: HeldOut;
}

/** What a held-out corpus costs. It stays true without the corpus for as long as the language model is the same. */
export interface HeldOut {
  /** Name of its file. */
  readonly corpus: string;
  /** By name of the language model. */
  readonly natsPerToken: Readonly<Record<string, number>>;
}

/** scores.jsonl while it is made. */
export interface ScoresFile {
  readonly path: string;
  /** Texts that it has already. */
  readonly done: number;
  /** Scores of an earlier evaluation, by other or fewer judges: what of them still holds is taken over. */
  readonly earlier?: EarlierScores;
  readonly by: ScoredBy;
  append(scores: readonly TextScores[]): Promise<void>;
  /** Adds what was measured of the held-out corpus to what is known of it; what is known of another one is forgotten. */
  keepHeldOut(measured: HeldOut): Promise<HeldOut>;
  close(): Promise<void>;
  /** All texts have their scores: the earlier ones are no longer needed. */
  finish(): Promise<void>;
}

export interface EarlierScores {
  readonly path: string;
  readonly lines: number;
  /** Leaves out what another judge has said than the one that judges now. */
  stillTrue(scores: TextScores): TextScores;
}

/**
 * Opens the scores of a run folder to go on. A line that a kill tore is cut off. Where judges have changed, or there are more of them, or
 * some could not work before, the scores begin anew and take over from the earlier ones what still holds: no text is judged twice by the
 * same judge, and a kill loses nothing.
 *
 * @param by the judges of this evaluation; those of an earlier one that it lacks stay
 */
export async function openScores(folder: string, by: ScoredBy): Promise<ScoresFile> {
  const names = pathsIn(folder);
  const begun = await readScoredBy(names.by);
  const before = await readScoredBy(names.earlierBy);
  const merged = begun && begun.version === by.version ? mergedWith(begun, by) : by;
  const lines = begun ? await cutTornLine(names.scores) : 0;
  const goesOn = begun !== undefined && isDeepStrictEqual(begun, merged);
  if (begun && lines > 0 && before === undefined && (!goesOn || (await lacks(names.scores, merged)))) {
    await rename(names.scores, names.earlier);
    await rename(names.by, names.earlierBy);
    return opened(names, merged, 0, begun);
  }
  if (!goesOn) await rm(names.scores, { force: true });
  return opened(names, merged, goesOn ? lines : 0, before);
}

const pathsIn = (folder: string) => ({
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
      earlier: { path: names.earlier, lines: await cutTornLine(names.earlier), stillTrue: (scores) => still(scores, before, by) },
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
  try {
    return JSON.parse(text) as ScoredBy;
  } catch {
    throw inputError(path, 'is not JSON; remove it and scores.jsonl beside it, and the texts are judged anew');
  }
}

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

/** Whether a text lacks what a judge says: it could not work then. */
async function lacks(path: string, { guides, fluency, corpus }: ScoredBy): Promise<boolean> {
  for await (const scores of jsonLines<TextScores>(path)) {
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

/** What was said by those who are the same as then. */
const ofSame = <T>(values: Readonly<Record<string, T>>, then: Names, now: Names): Record<string, T> =>
  Object.fromEntries(Object.entries(values).filter(([name]) => then[name] === now[name]));
