import { DiffusteerError, messageOf } from '../base/errors.js';
import { breach, type Party, placeIn } from '../guide/breach.js';
import type { Judge, Score } from '../judges/judge.js';
import { shown } from './exports.js';

/** A judge whose scores are checked: one a text, each from 0 to 1 (lib/evaluate/judge.ts). */
export function guardedJudge(judge: Judge, file: string): Judge {
  const party: Party = { file, guide: judge.name };
  return {
    name: judge.name,
    async score(texts, targets) {
      const found: unknown = await scored(judge, texts, targets, party);
      const wrong = scoresProblem(found, texts.length);
      if (wrong !== undefined) throw breach(party, 'judge.score', `has a judge that must return ${wrong}`);
      return found as Score[];
    },
  };
}

async function scored(judge: Judge, texts: Parameters<Judge['score']>[0], targets: readonly unknown[], party: Party) {
  try {
    return await judge.score(texts, targets);
  } catch (error) {
    if (error instanceof DiffusteerError) throw error; // targets that cannot be judged, which a judge may say
    throw breach(party, 'judge.score', `has a judge that threw${placeIn(party.file, error)}: ${messageOf(error)}`);
  }
}

function scoresProblem(found: unknown, texts: number): string | undefined {
  if (!Array.isArray(found) || found.length !== texts)
    return `one score a text, expected ${texts}, got ${Array.isArray(found) ? found.length : shown(found)}`;
  const wrong = found.find((score: unknown) => !isScore(score)) as unknown;
  return wrong === undefined ? undefined : `scores { value } from 0 to 1, got ${shown(wrong)}`;
}

function isScore(score: unknown): boolean {
  const value = (score as Partial<Score> | undefined)?.value;
  return typeof value === 'number' && value >= 0 && value <= 1;
}
