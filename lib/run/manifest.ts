import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { Type } from '@sinclair/typebox';
import { check, type GenerateConfig, schemas } from '../config/index.js';
import { InputError, inputError, throwProblems } from '../base/errors.js';
import { writeAside } from '../base/files.js';
import { isRecord } from '../base/is-record.js';

/** Record of the baseline that makes the texts of a run. */
export interface MethodRecord {
  /** Candidates per text, or beams per target. */
  readonly count: number;
  /** SHA-256 of the language model. */
  readonly hash?: string;
  /** Budget that the count was computed from, seconds per text. */
  readonly seconds?: number;
  /** Measured seconds per candidate, or per beam of a text. */
  readonly secondsEach?: number;
}

/** Content of `run.json`: everything that determines the texts of a run. */
export interface Manifest {
  readonly config: GenerateConfig;
  /** Version of diffusteer. */
  readonly version: string;
  readonly node: string;
  /** The device that was used, resolved if the config says `auto`. */
  readonly device: string;
  readonly threads: number;
  /** Precision that was used, resolved if the config says `auto`. */
  readonly precision: string;
  readonly model: { readonly path: string; readonly hash: string };
  /** The language model of joint decoding. */
  readonly decoder?: { readonly path: string; readonly hash: string };
  /** SHA-256 of the file of each guide that was loaded from a folder of plugins. */
  readonly plugins?: Readonly<Record<string, string>>;
  /** SHA-256 of each file that a reward depends on: a module or a part of a classifier. */
  readonly files?: Readonly<Record<string, string>>;
  /** Given if a baseline makes the texts. */
  readonly method?: MethodRecord;
  readonly texts: number;
}

/** The parts of a manifest other than its config that other code relies on. */
const manifestSchema = Type.Object(
  {
    config: Type.Object({}, { additionalProperties: true }),
    version: Type.String(),
    device: Type.String(),
    threads: Type.Number(),
    model: Type.Object({ path: Type.String(), hash: Type.String() }, { additionalProperties: true }),
    texts: Type.Integer({ minimum: 0 }),
  },
  { additionalProperties: true },
);

/**
 * Reads the manifest of a run folder.
 *
 * @returns undefined if no run was started there
 * @throws InputError if the file was damaged, with all problems
 */
export async function readManifest(path: string): Promise<Manifest | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch {
    throw inputError(path, 'is not JSON: the file was changed by hand. Choose another output folder');
  }
  const { problems } = check(manifestSchema, manifest);
  const inConfig = isRecord(manifest) ? check(schemas.generate, manifest['config'], '/config').problems : [];
  throwProblems(path, problems.length > 0 ? problems : inConfig);
  return manifest as Manifest;
}

/** Writes a manifest. @throws DiffusteerError if that fails */
export const writeManifest = (path: string, manifest: Manifest): Promise<void> =>
  writeAside(path, `${JSON.stringify(manifest, null, 2)}\n`);

/** Fields of a config that change no text. */
type Sharing = 'output' | 'workers';

/** Returns the part of a config that decides which texts are made: not where they go, nor how many processes share the work. */
export function decisive<T extends Partial<Pick<GenerateConfig, Sharing>>>(config: T): Omit<T, Sharing> {
  const { output: _, workers: __, ...rest } = config;
  return rest;
}

/**
 * Checks that a run is resumed with what it was started with. The device and threads of a finished run may differ.
 *
 * @throws InputError that names every difference
 */
export function checkSameRun(path: string, begun: Manifest, now: Manifest, isFinished: boolean): void {
  const { threads: _, ...was } = decisive(begun.config); // those that are used are compared below
  const { threads: __, ...is } = decisive(now.config);
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])] as (keyof typeof was)[];
  const changed = keys.filter((key) => !isDeepStrictEqual(plain(was[key]), plain(is[key])));
  const problems = changed.map((key) => ({
    path: `/config/${key}`,
    message: 'differs from the config that the run in this folder was started with',
  }));
  if (begun.model.hash !== now.model.hash)
    problems.push({ path: '/model', message: 'the model has changed since the run was started' });
  if (begun.decoder?.hash !== now.decoder?.hash)
    problems.push({ path: '/decoder', message: 'the language model of the decoder has changed since the run was started' });
  for (const [guide, hash] of Object.entries(now.plugins ?? {})) {
    if (begun.plugins?.[guide] !== hash)
      problems.push({ path: `/plugins/${guide}`, message: 'the file of this guide has changed since the run was started' });
  }
  if (begun.method?.hash !== now.method?.hash)
    problems.push({ path: '/method', message: 'the language model has changed since the run was started' });
  for (const [file, hash] of Object.entries(now.files ?? {})) {
    if (begun.files?.[file] !== hash)
      problems.push({ path: '/files', message: `${file}, which determines rewards, has changed since the run was started` });
  }
  if (begun.texts !== now.texts)
    problems.push({ path: '/texts', message: `the run was started for ${begun.texts} texts, the targets now give ${now.texts}` });
  if (!isFinished && (begun.threads !== now.threads || begun.device !== now.device)) {
    problems.push({
      path: '/device',
      message: `the run was started on ${begun.device} with ${begun.threads} threads, this is ${now.device} with ${now.threads}`,
    });
  }
  if (problems.length === 0) return;
  throw new InputError(path, [
    ...problems,
    { path: '', message: 'choose another output folder, or remove this one to start again' },
  ]);
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));
