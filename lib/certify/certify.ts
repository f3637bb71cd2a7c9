import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { InputError, type Problem } from '../base/errors.js';
import { writeAside } from '../base/files.js';
import { packageVersion } from '../base/locate.js';
import { withLock } from '../base/lock.js';
import { type CertifyConfig, readJson } from '../config/index.js';
import { generate, type GenerateHooks } from '../generate/generate.js';
import type { Registry } from '../guide/registry.js';
import { decisive, readManifest } from '../run/manifest.js';
import type { Batch } from './candidates.js';
import { ACCEPTED_FILE, type Certificate, CERTIFICATE_FILE, certificateOf, readCertificate } from './certificate.js';
import { chooseCandidates } from './chosen-attempts.js';
import { judgeBatch, openBatch } from './judge-batch.js';
import { openScreen } from './open-screen.js';
import { type CertifyJudging, type CertifyPlan, planCertify } from './plan.js';
import { throughRounds } from './rounds.js';
import type { Acceptance } from './selection.js';
import { jsonLinesOf, targetLines, TARGETS_FILE } from './target-lines.js';

export interface CertifyHooks extends Omit<GenerateHooks, 'onSamples' | 'trace'> {
  /** Called before each round. @param accepted texts so far */
  onRound?(round: number, batches: readonly Batch[], accepted: number): void;
}

export interface CertifyResult {
  readonly folder: string;
  readonly certificate: Certificate;
  /** False if the run had already finished and nothing was done. */
  readonly isNew: boolean;
}

/** Name of the file that says what a run was started with. */
export const BEGINNING_FILE = 'certify.json';

/**
 * Generates texts until each target has as many as it should that judges accept, or has used up its tries. Writes them to accepted.jsonl, what
 * each target needed to targets.jsonl, and certificate.json. A stopped run resumes to the same bytes.
 *
 * @param judging the embedded judges; a judge shares no judgement with the guide that it judges
 * @param where the config's file, for messages
 * @throws InputError with every problem of the config; Interrupted with all finished work on the disk
 */
export async function certify(
  config: CertifyConfig,
  registry: Registry,
  judging: CertifyJudging,
  where: string,
  hooks: CertifyHooks = {},
): Promise<CertifyResult> {
  const plan = await planCertify(config, registry, judging, where);
  return withLock(config.output, 'certify', async () => {
    await openFolder(plan);
    const known = await finished(config.output);
    if (known) return { folder: config.output, certificate: known, isNew: false };
    return { folder: config.output, certificate: await run(plan, registry, judging, where, hooks), isNew: true };
  });
}

async function run(
  plan: CertifyPlan,
  registry: Registry,
  judging: CertifyJudging,
  where: string,
  { onRound, ...hooks }: CertifyHooks,
): Promise<Certificate> {
  const { output } = plan.config;
  const { signal } = hooks;
  const screen = plan.screen && (await openScreen(plan.screen, registry));
  const all = await throughRounds(plan, {
    signal,
    onRound: (round, batches, { accepted }) => onRound?.(round, batches, accepted.length),
    async make(batch, isKnown) {
      await generate(batch.config, registry, where, hooks);
      if (batch.attempts === 1) return;
      const shortfalls = await screen?.shortfalls(batch.config.output, signal);
      await chooseCandidates(batch, { classifiers: plan.classifiers, shortfalls, isKnown });
    },
    judge: async ({ folder }) => judgeBatch(await openBatch(folder, registry, plan, judging), { ...(signal && { signal }) }),
    onRoundEnd: (acceptance) => writeTexts(plan, acceptance),
  }).finally(() => screen?.stop());
  const manifest = await readManifest(join(all.batches[0]!.folder, 'run.json'));
  const certificate = await certificateOf(plan, all, manifest!);
  await writeAside(join(output, CERTIFICATE_FILE), `${JSON.stringify(certificate, null, 2)}\n`);
  return certificate;
}

/** Writes the texts that are accepted so far, and what each target has had. */
async function writeTexts({ config, targets }: CertifyPlan, acceptance: Acceptance): Promise<void> {
  await writeAside(join(config.output, ACCEPTED_FILE), jsonLinesOf(acceptance.accepted));
  await writeAside(join(config.output, TARGETS_FILE), jsonLinesOf(targetLines(acceptance, targets, config)));
}

const finished = async (folder: string): Promise<Certificate | undefined> =>
  (await readFile(join(folder, CERTIFICATE_FILE)).catch(() => undefined)) === undefined ? undefined : readCertificate(folder);

/** What a run was started with, as in certify.json. */
export interface Beginning extends Pick<CertifyPlan, 'config' | 'hashes' | 'judges'> {
  /** Version of diffusteer. */
  readonly version: string;
}

/** Opens the folder of a run. @throws InputError that names every difference, if another run was started there */
async function openFolder({ config, hashes, judges }: CertifyPlan): Promise<void> {
  const path = join(config.output, BEGINNING_FILE);
  const now: Beginning = { version: packageVersion(), config, hashes, judges };
  const isBegun = (await readFile(path).catch(() => undefined)) !== undefined;
  if (!isBegun) return writeAside(path, `${JSON.stringify(now, null, 2)}\n`);
  const begun = (await readJson(path)) as Beginning;
  const problems = [...differences('/config', decisive(begun.config), decisive(config)), ...changes(begun, now)];
  if (problems.length === 0) return;
  throw new InputError(path, [
    ...problems,
    { path: '', message: 'choose another output folder, or remove this one to start again' },
  ]);
}

/** Returns what differs besides the config: the version, the model, the guides, the judges. */
function changes(begun: Beginning, now: Beginning): Problem[] {
  const { config: _, ...hashes } = now.hashes;
  const version = begun.version === now.version ? [] : [{ path: '/version', message: `the run was started by diffusteer ${begun.version}, this is ${now.version}` }]; // prettier-ignore
  return [...version, ...differences('/hashes', begun.hashes, hashes), ...differences('/judges', begun.judges, now.judges)];
}

function differences(path: string, begun: object | undefined, now: object): Problem[] {
  const [was, is] = [plain(begun ?? {}), plain(now)];
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .filter((name) => !(path === '/hashes' && name === 'config') && !isDeepStrictEqual(was[name], is[name]))
    .map((name) => ({ path: `${path}/${name}`, message: 'differs from what the run in this folder was started with' }));
}

const plain = (value: object): Record<string, unknown> => JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
