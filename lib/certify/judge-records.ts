import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { guideOf } from '../base/clause-label.js';
import { isRecord } from '../base/is-record.js';
import { packageVersion } from '../base/locate.js';
import { readJson } from '../config/index.js';
import { hashOf } from '../model/checkpoint/checkpoint.js';
import type { Condition, ConditionJudges } from './conditions.js';

/** Folders of the trained judges of a run. */
export interface JudgeFolders {
  /** Of the embedded parser. */
  readonly parser?: string;
  /** Of the classifier of attributes. */
  readonly slots?: string;
  /** Of the language models, by their names. */
  readonly fluency: Readonly<Record<string, string>>;
}

/** What a certificate says of a judge. */
export interface JudgeRecord {
  /** What decides: a tagger, a parser, a language model, or the words of the text. */
  readonly by: string;
  /** Version of the package of the judge. */
  readonly version: string;
  /** SHA-256 of its weights. */
  readonly hash?: string;
  /** How often it is right itself, as measured by whoever made it; absent if nothing was measured. */
  readonly measured?: JudgeAccuracy;
}

export interface JudgeAccuracy {
  readonly figure: string;
  readonly value: number;
  readonly on: string;
}

/** The trained judge that the judge of a guide asks. */
const ASKS: Readonly<Record<string, 'parser' | 'slots'>> = { tree: 'parser', spans: 'parser', attribute: 'slots' };

/** Returns the folder name of the trained judge that a condition asks: a language model, or what the judge of the control asks. */
export const trainedJudgeFor = ({ kind, judge }: Condition): string | undefined =>
  kind === 'fluency' ? judge : ASKS[guideOf(judge)];

/**
 * Agreement of wink-nlp's tags with Stanza's over the positions of the 150 sentences that people wrote for the targets of `pos`
 * (docs/evaluation.md, section pos).
 */
const WINK_AGREEMENT: JudgeAccuracy = {
  figure: 'agreement with the tags of Stanza',
  value: 0.909,
  on: 'the 150 sentences of the pos targets (docs/evaluation.md)',
};

/** Returns the record of the judge of each condition, by label or name. */
export async function judgeRecords(
  conditions: readonly Condition[],
  { judges, fluency }: ConditionJudges,
  folders: JudgeFolders,
): Promise<Record<string, JudgeRecord>> {
  const records: Record<string, JudgeRecord> = {};
  for (const { judge: name, kind } of conditions) {
    if (kind === 'fluency') {
      const { by } = fluency.find((one) => one.name === name)!;
      records[name] = { by, version: packageVersion(), ...(await trainedRecord(folders.fluency[name])) };
    } else {
      records[name] = await controlRecord(judges.get(name)!, folders);
    }
  }
  return records;
}

async function controlRecord(
  { name, by = 'the words of the text' }: { readonly name: string; readonly by?: string },
  folders: JudgeFolders,
): Promise<JudgeRecord> {
  if (by === 'wink-nlp') return { by, version: await winkVersion(), measured: WINK_AGREEMENT };
  return { by, version: packageVersion(), ...(ASKS[name] && (await trainedRecord(folders[ASKS[name]]))) };
}

/** Returns the versions of wink-nlp and of its English model. */
async function winkVersion(): Promise<string> {
  const versions = await Promise.all(
    ['wink-nlp', 'wink-eng-lite-web-model'].map(async (name) => `${name} ${await versionOf(name)}`),
  );
  return versions.join(', ');
}

async function versionOf(name: string): Promise<string> {
  const { resolve } = createRequire(import.meta.url);
  for (let folder = dirname(resolve(name)); folder !== dirname(folder); folder = dirname(folder)) {
    const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined);
    const found: unknown = text === undefined ? undefined : JSON.parse(text);
    if (isRecord(found) && found['name'] === name) return String(found['version']);
  }
  return 'unknown';
}

/** Returns the hash of a judge that `train-judge` made, and its accuracy as its config states it. */
async function trainedRecord(folder: string | undefined): Promise<Pick<JudgeRecord, 'hash' | 'measured'>> {
  if (folder === undefined) return {};
  const config = await readJson(join(folder, 'config.json')).catch(() => undefined);
  const measured = isRecord(config) ? accuracyIn(config) : undefined;
  const hash = await weightsHash(folder);
  return { ...(hash !== undefined && { hash }), ...(measured && { measured }) };
}

/** Returns the SHA-256 of the weights of a trained judge; undefined for a model in ONNX, which has another layout. */
export const weightsHash = (folder: string): Promise<string | undefined> =>
  hashOf(join(folder, 'model.safetensors')).catch(() => undefined);

/** Returns why a model may not find or choose candidates: it has the weights of a judge that accepts. @param hash of its weights */
export const helperProblems = (
  folder: string,
  hash: string | undefined,
  records: Readonly<Record<string, JudgeRecord>>,
): string[] =>
  hash !== undefined && Object.values(records).some((record) => record.hash === hash)
    ? [`${folder} is the judge that accepts; train another one, which has no part in what the certificate says`]
    : [];

function accuracyIn({ measured, heldOut }: Record<string, unknown>): JudgeAccuracy | undefined {
  if (isRecord(measured) && typeof measured['f1'] === 'number')
    return { figure: 'bracket F1', value: measured['f1'], on: String(measured['on']) };
  if (isRecord(heldOut) && typeof heldOut['natsPerToken'] === 'number')
    return { figure: 'nats per token', value: heldOut['natsPerToken'], on: 'its held-out texts' };
  return undefined;
}
