import { InputError, inputErrorOnly, type Problem } from '../base/errors.js';
import { isRecord } from '../base/is-record.js';
import { locate } from '../base/locate.js';
import { checkConfig, type GenerateConfig, readTargets, soundPart } from '../config/index.js';
import type { Registry } from '../guide/registry.js';
import { originConfig } from '../plan/branch.js';
import { filesOf } from '../plan/make-guides.js';
import { type DraftConfig, type ModelSource, type PreparedRun, prepareRun, problemsOfRun } from '../plan/prepare.js';
import { shardLayout } from '../shard/index.js';
import type { GenerateRequest } from './api.js';
import { isInside, outsideOptions, outsidePaths } from './paths.js';

/** The resources that requests are checked with. */
export interface RequestContext {
  readonly registry: Registry;
  readonly models: ModelSource;
  /** Most texts of a request, and most rows that its texts are chosen from. */
  readonly most: { readonly texts: number; readonly rows: number };
}

/** Stands for the folder of a run, which is never written. */
const OUTPUT = 'runs/studio';

/** A request that can be run. */
export interface CheckedRequest {
  readonly run: PreparedRun;
  /** The request with every default filled in, as it is run. */
  readonly request: GenerateRequest;
}

/** Checks a request and loads its models. @throws InputError with every problem, by JSON path of the request */
export async function checkRequest(body: unknown, context: RequestContext): Promise<CheckedRequest> {
  if (!isRecord(body)) throw refused([{ path: '', message: 'expected a JSON object: a config of `generate`' }]);
  const config = await checkedConfig(body, context);
  const run = await prepareRun(config, context.registry, 'request', context.models);
  throwAll([...limitProblems(run, context.most), ...fileProblems(run)]);
  return { run, request: filledIn(config, body) };
}

const refused = (problems: readonly Problem[]): InputError => new InputError('request', problems);

function throwAll(problems: readonly Problem[]): void {
  if (problems.length > 0) throw refused(problems);
}

/** Checks the config of a request, its paths first: no file outside is looked at. @throws InputError with every problem */
async function checkedConfig(body: Json, context: RequestContext): Promise<GenerateConfig> {
  const { registry, models } = context;
  const levels = levelsOf(body);
  const outside = levels.flatMap(({ json, at }) => below(at, outsidePaths(json)));
  if (outside.length > 0) throw refused([...methodProblems(levels), ...outside]);
  const files = await Promise.all(levels.map(async ({ json, at }) => below(at, await outsideFiles(json, context))));
  const given = servedConfig(body);
  const sound = soundPart('generate', given);
  const problems = [...methodProblems(levels), ...sound.problems, ...files.flat()];
  if (problems.length === 0) return checkConfig('generate', given, { where: 'request' });
  if (files.flat().length > 0 || !sound.config) throw refused(problems);
  throw refused([...problems, ...(await problemsOfRun(sound.config as DraftConfig, registry, models))]);
}

/** Refuses files outside in the options of guides. The rest of the config is checked later. */
async function outsideFiles(json: Json, { registry }: RequestContext): Promise<Problem[]> {
  const { config } = soundPart('generate', json);
  const source = (config?.targets as string | unknown[] | undefined) ?? [{}];
  const targets = await readTargets(typeof source === 'string' ? locate(source) : source).catch(inputErrorOnly);
  if (targets instanceof InputError) return [];
  return outsideOptions({ guidance: config?.guidance ?? [] }, targets, registry);
}

type Json = Readonly<Record<string, unknown>>;

/** A request, or one that it departs from. */
interface Level {
  readonly json: Json;
  /** JSON path of its config in the request. */
  readonly at: string;
}

/** Returns a request and all that it departs from. */
function levelsOf(body: Json): Level[] {
  const levels: Level[] = [];
  for (let json: unknown = body, at = ''; isRecord(json); json = originOf(json), at += '/branch/of') levels.push({ json, at });
  return levels;
}

const originOf = ({ branch }: Json): unknown => (isRecord(branch) ? branch['of'] : undefined);

const below = (at: string, problems: readonly Problem[]): Problem[] =>
  problems.map(({ path, message }) => ({ path: at + path, message }));

const methodProblems = (levels: readonly Level[]): Problem[] =>
  levels.flatMap(({ json, at }) => (json['method'] === undefined ? [] : below(at, [NO_METHOD])));

/**
 * Returns the config as it is run, and those that it departs from. `auto` means float32, in which a text does not depend on the others of
 * its batch, so that requests can share batches; int8 rounds all of a batch together.
 */
function servedConfig(body: Json): Json {
  const { method: _, precision, branch, ...rest } = body;
  const served = { output: OUTPUT, ...rest, precision: precision === undefined || precision === 'auto' ? 'float32' : precision };
  if (branch === undefined) return served;
  const of = originOf(body);
  return { ...served, branch: isRecord(of) ? { ...(branch as Json), of: servedConfig(of) } : branch };
}

/** Returns a checked config as a request, with the defaults of those that it departs from. @param body the request as it was given */
function filledIn(config: GenerateConfig, body: Json): GenerateRequest {
  const { branch, output, ...rest } = config;
  const given = 'output' in body ? { output } : {};
  const of = branch && filledIn(originConfig(branch.of), originOf(body) as Json);
  return JSON.parse(JSON.stringify({ ...rest, ...given, ...(branch && { branch: { ...branch, of } }) })) as GenerateRequest;
}

const NO_METHOD: Problem = {
  path: '/method',
  message: 'expected none: the server makes texts by guided diffusion; run baselines with `diffusteer generate`',
};

/** Refuses requests for too many texts, also in the runs that they depart from. */
const limitProblems = (run: PreparedRun, most: RequestContext['most']): Problem[] => [
  ...sizeProblems(run, most),
  ...(run.branch ? below('/branch/of', limitProblems(run.branch.of, most)) : []),
];

function sizeProblems({ config, plan }: PreparedRun, most: RequestContext['most']): Problem[] {
  const { candidates } = shardLayout(config, plan);
  const texts = plan.items.length;
  if (texts > most.texts) {
    const message = `expected at most ${most.texts} texts per request, got ${texts}: fewer targets or samples, or \`diffusteer generate\``;
    return [{ path: '/samplesPerTarget', message }];
  }
  if (texts * candidates <= most.rows) return [];
  const message = `expected at most ${most.rows} candidates or trajectories per request, got ${texts} texts with ${candidates} each`;
  return [{ path: '/samplesPerTarget', message }];
}

/** Refuses files of guides whose options do not name them as paths. */
function fileProblems({ guides, branch }: PreparedRun): Problem[] {
  const ofOrigin = branch ? below('/branch/of', fileProblems(branch.of)) : [];
  if (filesOf(guides).every(isInside)) return ofOrigin;
  return [
    { path: '/guidance', message: 'a guide reads a file outside the working folder of the server and the package' },
    ...ofOrigin,
  ];
}
