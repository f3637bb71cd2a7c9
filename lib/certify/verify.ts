import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { inputError, type Problem, throwProblems } from '../base/errors.js';
import { isRecord } from '../base/is-record.js';
import { countLines, inChunks, wholeLines } from '../base/jsonl.js';
import { mapInOrder } from '../base/map-in-order.js';
import { check, readJson, schemas } from '../config/index.js';
import { CHUNK, crewFor, type RunJudges, withGaps } from '../evaluate/judge-pass.js';
import type { TextScores } from '../evaluate/metrics.js';
import { type ScoredText, scoredTexts } from '../evaluate/scored-texts.js';
import type { Registry } from '../guide/registry.js';
import { decisive, readManifest } from '../run/manifest.js';
import { ACCEPTED_FILE, type Certificate, CERTIFICATE_FILE, certificateOf, readCertificate } from './certificate.js';
import { type Beginning, BEGINNING_FILE } from './certify.js';
import { type Condition, keeps, scoreFor } from './conditions.js';
import { openBatch, refuseGaps } from './judge-batch.js';
import { type CertifyJudging, type CertifyPlan, planCertify } from './plan.js';
import { type RoundBatch, throughRounds } from './rounds.js';
import { jsonLinesOf, targetLines, TARGETS_FILE } from './target-lines.js';

/** What differs from what a run states. */
export interface StatedDifference {
  readonly file: string;
  /** From 1; absent if the file as a whole or a value of a JSON file differs. */
  readonly line?: number;
  /** What differs: a score, a JSON path. */
  readonly what: string;
  readonly stated: string;
  readonly found: string;
}

export interface Verification {
  readonly certificate: Certificate;
  /** Candidates that were judged again. */
  readonly judged: number;
  /** The first difference; absent if everything is confirmed. */
  readonly differs?: StatedDifference;
}

export interface VerifyHooks {
  /** Called after each chunk of candidates that was judged again. */
  onProgress?(judged: number, of: number): void;
}

/** Signals the first difference; it ends the verification. */
class Differs extends Error {
  constructor(readonly difference: StatedDifference) {
    super(difference.what);
  }
}

/**
 * Verifies a certified run: checks the hashes of the config, the model, the guides and the judges, judges every candidate again, accepts them
 * anew by the rules of the config, and compares the scores, the accepted texts and the certificate with those that the run states.
 *
 * @throws InputError if the folder is not that of a finished run, or a judge cannot work
 */
export async function verify(
  folder: string,
  registry: Registry,
  judging: CertifyJudging,
  { onProgress }: VerifyHooks = {},
): Promise<Verification> {
  const certificate = await readCertificate(folder);
  let judged = 0;
  try {
    const { plan, begun } = await planAgain(folder, registry, judging);
    compareValues(
      join(folder, BEGINNING_FILE),
      plain({ hashes: begun.hashes, judges: begun.judges }),
      plain({ hashes: plan.hashes, judges: plan.judges }),
    );
    const all = await throughRounds(plan, {
      make: (batch) => checkBatch(batch, certificate),
      async judge(batch) {
        const again = await openBatch(batch.folder, registry, plan, judging);
        for await (const texts of judgedAgain(again, plan.conditions, plan.config.avoid || plan.config.improve)) {
          judged += texts;
          onProgress?.(judged, certificate.texts.candidates);
        }
        return join(batch.folder, SCORES_FILE);
      },
    });
    await compareLines(join(folder, ACCEPTED_FILE), all.acceptance.accepted);
    await compareLines(join(folder, TARGETS_FILE), targetLines(all.acceptance, plan.targets, plan.config));
    const manifest = await readManifest(join(all.batches[0]!.folder, 'run.json'));
    compareValues(join(folder, CERTIFICATE_FILE), plain(certificate), plain(await certificateOf(plan, all, manifest!)));
    return { certificate, judged };
  } catch (error) {
    if (error instanceof Differs) return { certificate, judged, differs: error.difference };
    throw error;
  }
}

const SCORES_FILE = 'scores.jsonl';

/** Plans a run by the config in its folder. */
async function planAgain(
  folder: string,
  registry: Registry,
  judging: CertifyJudging,
): Promise<{ plan: CertifyPlan; begun: Beginning }> {
  const path = join(folder, BEGINNING_FILE);
  const begun = await readJson(path);
  if (!isRecord(begun) || !isRecord(begun['config'])) throw inputError(path, 'expected the config of a run; the file is damaged');
  const { value, problems } = check(schemas.certify, begun['config'], '/config');
  throwProblems(path, problems as Problem[]);
  const plan = await planCertify(value, registry, judging, path);
  return { plan: { ...plan, config: { ...plan.config, output: folder } }, begun: begun as unknown as Beginning };
}

/** Checks that a batch is the one that the scores so far ask for, made as the config says. */
async function checkBatch({ folder, name, config }: RoundBatch, { batches }: Certificate): Promise<void> {
  const path = join(folder, 'run.json');
  const manifest = await readManifest(path);
  if (!manifest || !batches.some((batch) => batch.folder === name))
    throw new Differs({
      file: path,
      what: 'the batch',
      stated: 'none',
      found: `${config.targets.length} targets that the scores ask for`,
    });
  const { decode: _, ...stated } = decisive(manifest.config);
  const { decode: __, ...expected } = decisive(config);
  compareValues(path, plain({ config: stated }), plain({ config: expected }));
}

/**
 * Judges the candidates of a batch again and compares each score with the one that is stated. Yields the number of texts of each chunk.
 *
 * @param teaches refusals teach, so the marks of refused texts are compared too
 */
async function* judgedAgain(judges: RunJudges, conditions: readonly Condition[], teaches: boolean): AsyncGenerator<number> {
  const { run, scorer } = judges;
  const path = join(run.folder, SCORES_FILE);
  const crew = crewFor(judges, await countLines(run.samples));
  const judge = async (chunk: ScoredText[]) => {
    const lines = chunk.map(({ line }) => line);
    return { chunk, judged: await crew.score({ lines, known: [] }) };
  };
  let number = 0;
  for await (const { chunk, judged } of mapInOrder(inChunks(scoredTexts(run.samples, path), CHUNK), crew.lanes, judge)) {
    const again = withGaps(judged, { lines: [], known: [] }, scorer.gaps);
    refuseGaps(scorer, run.folder);
    for (const [i, { scores }] of chunk.entries())
      compareScores({ file: path, line: ++number }, conditions, scores, again[i]!, teaches);
    yield chunk.length;
  }
}

/** Largest difference of two scores that are taken as the same: networks add up in another order on another machine. */
const SAME = 1e-4;

function compareScores(
  where: Pick<StatedDifference, 'file' | 'line'>,
  conditions: readonly Condition[],
  stated: TextScores,
  again: TextScores,
  teaches: boolean,
): void {
  for (const condition of conditions) {
    const [was, is] = [scoreFor(condition, stated), scoreFor(condition, again)];
    const isSame =
      was !== undefined && is !== undefined && (was === is || Math.abs(was - is) <= SAME * Math.max(1, Math.abs(was)));
    if (!isSame || keeps(condition, was) !== keeps(condition, is))
      throw new Differs({ ...where, what: condition.name, stated: shown(was), found: shown(is) });
    if (teaches && !keeps(condition, was)) compareMarks(where, condition.judge, stated, again);
  }
}

/** Compares which words a judge marks: later candidates avoid them. */
function compareMarks(where: Pick<StatedDifference, 'file' | 'line'>, judge: string, ...scores: [TextScores, TextScores]): void {
  const [was, is] = scores.map(({ guides }) => (guides[judge]?.marks ?? []).map(({ start, end }) => [start, end]));
  if (!isDeepStrictEqual(was, is))
    throw new Differs({ ...where, what: `marks of ${judge}`, stated: shown(was), found: shown(is) });
}

/** Compares a JSON Lines file with what it should hold. */
async function compareLines(file: string, expected: readonly object[]): Promise<void> {
  const lines = jsonLinesOf(expected).split('\n').slice(0, -1);
  let number = 0;
  for await (const { text } of wholeLines(file)) {
    const line = lines[number++];
    if (line === undefined)
      throw new Differs({ file, line: number, what: 'the line', stated: brief(text), found: 'no more lines' });
    if (line === text) continue;
    throw new Differs({ file, line: number, ...differenceIn(parsed(text), parsed(line)) });
  }
  if (number < lines.length)
    throw new Differs({ file, line: number + 1, what: 'the line', stated: 'none', found: brief(lines[number]!) });
}

function compareValues(file: string, stated: unknown, found: unknown): void {
  if (!isDeepStrictEqual(stated, found)) throw new Differs({ file, ...differenceIn(stated, found) });
}

/** Returns the first value in which two JSON values differ. */
function differenceIn(stated: unknown, found: unknown, path = ''): Pick<StatedDifference, 'what' | 'stated' | 'found'> {
  const members = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null ? { ...value } : {});
  const [was, is] = [members(stated), members(found)];
  const name = [...new Set([...Object.keys(was), ...Object.keys(is)])].find((key) => !isDeepStrictEqual(was[key], is[key]));
  const areObjects = [stated, found].every((value) => typeof value === 'object' && value !== null);
  if (areObjects && name !== undefined) return differenceIn(was[name], is[name], `${path}/${name}`);
  return { what: path === '' ? 'the line' : path, stated: shown(stated), found: shown(found) };
}

const shown = (value: unknown): string => (value === undefined ? 'nothing' : brief(JSON.stringify(value)));
const brief = (text: string): string => (text.length <= 100 ? text : `${text.slice(0, 100)} ...`);
const plain = (value: object): unknown => JSON.parse(JSON.stringify(value));

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Returns the model that the texts of a certified run are from. @throws InputError if the folder holds no such run */
export async function modelOf(folder: string): Promise<string> {
  const path = join(folder, BEGINNING_FILE);
  await readCertificate(folder);
  const begun = await readJson(path);
  const config = isRecord(begun) ? begun['config'] : undefined;
  if (isRecord(config) && typeof config['model'] === 'string') return config['model'];
  throw inputError(path, 'expected the config of a run; the file is damaged');
}
