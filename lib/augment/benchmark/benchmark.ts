import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jsonHash } from '../../base/hash.js';
import { type InputError, inputErrorOnly, type Problem, throwProblems } from '../../base/errors.js';
import { writeAside } from '../../base/files.js';
import { locate } from '../../base/locate.js';
import { withLock } from '../../base/lock.js';
import { keyOf, split } from '../../base/random.js';
import { type AugmentBenchmarkConfig, type AugmentConfig, checkConfig, readJson } from '../../config/index.js';
import type { Registry } from '../../guide/registry.js';
import type { Interval } from '../../metrics/bootstrap.js';
import type { TextEmbedder } from '../../model/external/text-embedder.js';
import { type AugmentHooks, type AugmentPlan, planAugment } from '../augment.js';
import { type DownstreamClassifier, downstreamClassifiers, type LabelledRowText } from '../downstream/index.js';
import { checkKnownLabels, type GivenRows, readGivenRows, rowsInFile } from '../given-rows.js';
import { crossedBootstrap, differences, type Hits } from './crossed-bootstrap.js';
import { type AugmentMethod, rowsOfMethod } from './methods.js';

/** Accuracy of a classifier with the rows of a method. */
export interface MethodAccuracy {
  readonly classifier: string;
  readonly accuracy: Interval;
  /** Accuracy with each seed. */
  readonly bySeed: readonly number[];
  /** Gain over the rows alone; absent if the benchmark lacks the method `none`. */
  readonly gain?: Interval;
}

/** A line of a table. */
export interface MethodResult {
  readonly method: AugmentMethod;
  /** Rows that the method added, mean over the seeds. */
  readonly added: number;
  readonly classifiers: readonly MethodAccuracy[];
}

/** The table of a set. */
export interface SetResult {
  readonly name: string;
  readonly rows: number;
  readonly labels: number;
  readonly heldOut: number;
  readonly methods: readonly MethodResult[];
}

export interface AugmentBenchmarkResults {
  readonly seeds: number;
  readonly perLabel: number;
  readonly sets: readonly SetResult[];
  readonly config: AugmentBenchmarkConfig;
}

export interface AugmentBenchmarkParts {
  /** Folder that the paths of the rows are relative to. */
  readonly dataFolder: string;
  readonly registry: Registry;
  /** Adds the classifier of sentence vectors. */
  readonly embedder?: TextEmbedder | undefined;
  /** The config's file, for messages. */
  readonly where: string;
}

export interface AugmentBenchmarkHooks extends AugmentHooks {
  /** Called before each method of each set and seed. */
  onTrial?(trial: { set: string; seed: number; method: AugmentMethod; index: number; of: number }): void;
  /** Called when it was measured. */
  onMeasured?(trial: {
    set: string;
    seed: number;
    method: AugmentMethod;
    added: number;
    accuracies: Record<string, number>;
  }): void;
}

/** A benchmark that passed all checks: per set, what `ours` does with each seed. */
export interface AugmentBenchmarkPlan {
  readonly sets: readonly { readonly name: string; readonly plans: readonly AugmentPlan[] }[];
  readonly heldOut: GivenRows;
  readonly real: GivenRows;
}

/**
 * Compares ways to augment labelled rows by the accuracy of classifiers on held-out rows. Finished parts are read from the folder, so a stopped
 * benchmark resumes where it stopped.
 *
 * @throws InputError with every problem of the config; Interrupted with all finished work on the disk
 */
export async function augmentBenchmark(
  config: AugmentBenchmarkConfig,
  parts: AugmentBenchmarkParts,
  hooks: AugmentBenchmarkHooks = {},
): Promise<AugmentBenchmarkResults> {
  const plan = await planAugmentBenchmark(config, parts);
  return withLock(config.output, 'diffusteer augment-benchmark', () => compare(config, plan, parts, hooks));
}

async function compare(
  config: AugmentBenchmarkConfig,
  { sets, heldOut, real }: AugmentBenchmarkPlan,
  parts: AugmentBenchmarkParts,
  hooks: AugmentBenchmarkHooks,
): Promise<AugmentBenchmarkResults> {
  const classifiers = downstreamClassifiers(parts.embedder);
  const trials = sets.flatMap(({ name, plans }) =>
    plans.flatMap((plan) => config.methods.map((method) => ({ name, plan, method }))),
  );
  const measured = new Map<string, Measured[]>();
  for (const [index, { name, plan, method }] of trials.entries()) {
    const about = { set: name, seed: plan.config.seed, method };
    hooks.onTrial?.({ ...about, index, of: trials.length });
    const folder = join(config.output, name, `seed-${plan.config.seed}`);
    const rows = await rowsOfMethod(method, { benchmark: config, plan, real, folder, ...parts }, hooks);
    const found = await measure(
      join(folder, `${method}.json`),
      [...rowsInFile(plan.given.rows), ...rows],
      heldOut.rows,
      classifiers,
    );
    const accuracies = Object.fromEntries(Object.entries(found).map(([classifier, hits]) => [classifier, meanOf(hits)]));
    hooks.onMeasured?.({ ...about, added: rows.length, accuracies });
    const key = `${name} ${method}`;
    measured.set(key, [...(measured.get(key) ?? []), { added: rows.length, hits: found }]);
  }
  const results = sets.map(({ name, plans: [first] }): SetResult => ({
    ...{ name, rows: rowsInFile(first!.given.rows).length, labels: first!.given.labels.length, heldOut: heldOut.rows.length },
    methods: config.methods.map((method) => resultOf(method, measured.get(`${name} ${method}`)!, measured.get(`${name} none`))),
  }));
  return { seeds: config.seeds, perLabel: sets[0]!.plans[0]!.config.perLabel, sets: results, config };
}

/** The rows and hits of a method with one seed. */
interface Measured {
  readonly added: number;
  /** By classifier: 1 for each held-out row whose label is found, else 0. */
  readonly hits: Readonly<Record<string, readonly number[]>>;
}

/** Trains the classifiers on rows and tests them, or reads what they found before for the same rows. */
async function measure(
  path: string,
  rows: readonly LabelledRowText[],
  heldOut: readonly LabelledRowText[],
  classifiers: readonly DownstreamClassifier[],
): Promise<Record<string, readonly number[]>> {
  const plain = (list: readonly LabelledRowText[]) => list.map(({ text, label }) => [text, label]);
  const data = jsonHash([plain(rows), plain(heldOut)]);
  const before = await readFile(path, 'utf8').then((text) => JSON.parse(text) as { data: string; hits: Record<string, string> }, () => undefined); // prettier-ignore
  const known = before?.data === data ? before.hits : {};
  const hits: Record<string, string> = {};
  for (const { name, hits: hitsOf } of classifiers)
    hits[name] = known[name] ?? (await hitsOf(rows, heldOut)).map((hit) => (hit ? '1' : '0')).join('');
  await mkdir(join(path, '..'), { recursive: true });
  await writeAside(path, `${JSON.stringify({ data, rows: rows.length, hits })}\n`);
  return Object.fromEntries(Object.entries(hits).map(([name, digits]) => [name, [...digits].map(Number)]));
}

function resultOf(method: AugmentMethod, measured: readonly Measured[], none: readonly Measured[] | undefined): MethodResult {
  const classifiers = Object.keys(measured[0]!.hits).map((classifier): MethodAccuracy => {
    const hitsOf = (of: readonly Measured[]): Hits => of.map(({ hits }) => hits[classifier]!);
    const key = split(keyOf(1), classifier);
    const gain = none && method !== 'none' && crossedBootstrap(differences(hitsOf(measured), hitsOf(none)), key);
    return {
      ...{ classifier, accuracy: crossedBootstrap(hitsOf(measured), key), bySeed: hitsOf(measured).map(meanOf) },
      ...(gain && { gain }),
    };
  });
  return { method, added: meanOf(measured.map(({ added }) => added)), classifiers };
}

const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Reads everything that a benchmark names and checks it. @throws InputError with every problem */
export async function planAugmentBenchmark(
  config: AugmentBenchmarkConfig,
  { dataFolder, registry, where }: Omit<AugmentBenchmarkParts, 'embedder'>,
): Promise<AugmentBenchmarkPlan> {
  const problems: Problem[] = [];
  const collect = async <T>(path: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      problems.push(...problemsAt(path, inputErrorOnly(error)));
      return undefined;
    }
  };
  const base = typeof config.augment === 'string' ? await readJson(locate(config.augment)) : config.augment;
  const sets: { name: string; plans: AugmentPlan[] }[] = [];
  for (const [s, { name, data }] of config.sets.entries()) {
    if (config.sets.findIndex((other) => other.name === name) < s)
      problems.push({ path: `/sets/${s}/name`, message: `${JSON.stringify(name)} is taken by another set` });
    const plans: AugmentPlan[] = [];
    for (let seed = 1; seed <= config.seeds; seed++) {
      const plan = await collect('/augment', () => planOf(config, base, { name, data, seed }, { dataFolder, registry, where }));
      if (plan) plans.push(plan);
      else break; // other seeds have the same problems
    }
    sets.push({ name, plans });
  }
  const heldOut = await collect('/heldOut', () => readGivenRows(config.heldOut, dataFolder));
  const real = await collect('/real', () => readGivenRows(config.real, dataFolder));
  for (const {
    name,
    plans: [plan],
  } of sets)
    // prettier-ignore
    if (plan && heldOut) await collect('/heldOut', async () => checkKnownLabels(heldOut, plan.given.labels, `the set "${name}"`));
  throwProblems(where, problems);
  return { sets, heldOut: heldOut!, real: real! };
}

function planOf(
  { output, device }: AugmentBenchmarkConfig,
  base: unknown,
  { name, data, seed }: { name: string; data: AugmentConfig['data']; seed: number },
  { dataFolder, registry, where }: Omit<AugmentBenchmarkParts, 'embedder'>,
): Promise<AugmentPlan> {
  const own = { data, seed, device, output: join(output, name, `seed-${seed}`, 'ours') };
  const config = checkConfig('augment', { ...(base as object), ...own }, { where });
  return planAugment(config, dataFolder, registry, where);
}

const problemsAt = (path: string, { problems, where, message }: InputError): Problem[] =>
  path === '/augment'
    ? problems.map((its) => ({ path: path + its.path, message: its.message }))
    : [{ path, message: where === '' ? '' : message }];
