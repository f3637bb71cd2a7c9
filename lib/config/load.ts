import type { Static } from '@sinclair/typebox';
import { InputError, type Problem } from '../base/errors.js';
import { isRecord } from '../base/is-record.js';
import { check } from './check.js';
import { isTooNested, readJson } from './json.js';
import { applyOverrides } from './overrides.js';
import {
  augmentBenchmarkSchema,
  augmentSchema,
  benchmarkSchema,
  certifySchema,
  generateSchema,
  sweepSchema,
  trainGuideSchema,
  trainJudgeSchema,
  trainSchema,
} from './schema/index.js';

/** The schema of each kind of config. */
export const schemas = {
  generate: generateSchema,
  certify: certifySchema,
  train: trainSchema,
  'train-guide': trainGuideSchema,
  'train-judge': trainJudgeSchema,
  sweep: sweepSchema,
  benchmark: benchmarkSchema,
  augment: augmentSchema,
  'augment-benchmark': augmentBenchmarkSchema,
} as const;

export type ConfigKind = keyof typeof schemas;
export type ConfigOf<K extends ConfigKind> = Static<(typeof schemas)[K]>;
export type GenerateConfig = ConfigOf<'generate'>;
/** How a baseline makes the texts of a run. */
export type MethodConfig = NonNullable<GenerateConfig['method']>;
export type CertifyConfig = ConfigOf<'certify'>;
export type TrainConfig = ConfigOf<'train'>;
export type TrainGuideConfig = ConfigOf<'train-guide'>;
export type TrainJudgeConfig = ConfigOf<'train-judge'>;
export type SweepConfig = ConfigOf<'sweep'>;
export type BenchmarkConfig = ConfigOf<'benchmark'>;
export type AugmentConfig = ConfigOf<'augment'>;
export type AugmentBenchmarkConfig = ConfigOf<'augment-benchmark'>;

export interface LoadOptions {
  /** `path=value` overrides, applied in order before the check. */
  readonly set?: readonly string[];
  /** Values for fields that the config leaves out, instead of the defaults of its schema. */
  readonly fallback?: Readonly<Record<string, unknown>>;
}

/**
 * Reads a config file, applies overrides, fills in defaults and checks it.
 *
 * @throws InputError with every problem, each with its JSON path, what was expected and what was found.
 */
export async function loadConfig<K extends ConfigKind>(kind: K, path: string, options: LoadOptions = {}): Promise<ConfigOf<K>> {
  return checkConfig(kind, await readJson(path), { ...options, where: path });
}

/** Does the same for a config in memory. */
export function checkConfig<K extends ConfigKind>(
  kind: K,
  config: unknown,
  options: LoadOptions & { where?: string } = {},
): ConfigOf<K> {
  const given = overridden(kind, config, options);
  const { value, problems } = check(schemas[kind], options.fallback ? underlaid(given.value, options.fallback) : given.value);
  const all = [...given.problems, ...problems];
  if (all.length > 0) throw new InputError(options.where ?? 'config', all);
  return value as ConfigOf<K>;
}

/** Returns a copy of a config with its overrides, not checked yet. One that is nested too deep to be copied stays as it is, for `check` to refuse. */
export const overridden = (
  kind: ConfigKind,
  config: unknown,
  { set = [] }: LoadOptions,
): { value: unknown; problems: Problem[] } =>
  isTooNested(config) ? { value: config, problems: [] } : applyOverrides(schemas[kind], withoutSchemaKey(config), set);

/** Adds the values of a fallback for the fields that a value lacks, in nested objects too, except in one of another `name`. */
function underlaid(value: unknown, fallback: unknown): unknown {
  if (value === undefined) return fallback;
  if (!isRecord(value) || !isRecord(fallback)) return value;
  const [own, other] = [value['name'], fallback['name']];
  if (own !== undefined && other !== undefined && own !== other) return value;
  const names = Object.keys({ ...fallback, ...value });
  return Object.fromEntries(names.map((name) => [name, underlaid(value[name], fallback[name])]));
}

/** Drops `$schema`, which is for editors. */
function withoutSchemaKey(config: unknown): unknown {
  if (!isRecord(config)) return config;
  const { $schema: _, ...rest } = config;
  return rest;
}
