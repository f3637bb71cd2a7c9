import { InputError, inputErrorOnly, type Problem } from '../base/errors.js';
import { isRecord } from '../base/is-record.js';
import { checkConfig, type GenerateConfig, readTargets, soundPart } from '../config/index.js';
import type { Registry } from '../guide/registry.js';
import { filesOf } from '../plan/make-guides.js';
import { type DraftConfig, type ModelSource, type PreparedRun, prepareRun, problemsOfRun } from '../plan/prepare.js';
import { shardLayout } from '../shard/index.js';
import type { GenerateRequest } from './api.js';
import { plannedBranch } from './branch.js';
import type { CheckedRequest } from './checked-request.js';
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

/**
 * Checks a request and loads its models.
 *
 * @param depth number of branches that it is the origin of
 * @throws InputError with every problem, by JSON path of the request
 */
export async function checkRequest(body: unknown, context: RequestContext, depth = 0): Promise<CheckedRequest> {
  if (!isRecord(body)) throw refused([{ path: '', message: 'expected a JSON object: a config of `generate`' }]);
  const { branch, ...rest } = body;
  const config = await checkedConfig({ output: OUTPUT, ...rest }, context);
  const run = await prepareRun(servedConfig(config), context.registry, 'request', context.models);
  throwAll([...sizeProblems(run, context.most), ...fileProblems(run)]);
  const given = 'output' in rest ? {} : { output: undefined };
  const request = JSON.parse(JSON.stringify({ ...servedConfig(config), ...given })) as GenerateRequest;
  if (branch === undefined) return { run, request, items: run.plan.items.map((_, i) => i) };
  const planned = await plannedBranch(branch, run, (of) => checkRequest(of, context, depth + 1), depth);
  return {
    run,
    request: { ...request, branch: { of: planned.of.request, text: planned.text, step: planned.step } },
    items: [planned.item],
    branch: planned,
  };
}

const refused = (problems: readonly Problem[]): InputError => new InputError('request', problems);

function throwAll(problems: readonly Problem[]): void {
  if (problems.length > 0) throw refused(problems);
}

/** Checks the config of a request, its paths first: no file outside is looked at. @throws InputError with every problem */
async function checkedConfig(json: Readonly<Record<string, unknown>>, context: RequestContext): Promise<GenerateConfig> {
  const { registry, models } = context;
  const { method, ...others } = json;
  const served = method === undefined ? [] : [NO_METHOD];
  const outside = outsidePaths(others);
  if (outside.length > 0) throw refused([...served, ...outside]);
  const sound = soundPart('generate', others);
  const targets = await readTargets((sound.config?.targets as string | unknown[] | undefined) ?? [{}]).catch(inputErrorOnly);
  const guidance = sound.config?.guidance ?? [];
  const files = targets instanceof InputError ? [] : outsideOptions({ guidance }, targets, registry);
  if (files.length > 0) throw refused([...served, ...sound.problems, ...files]);
  if (served.length === 0 && sound.problems.length === 0) return checkConfig('generate', others, { where: 'request' });
  const more = sound.config ? await problemsOfRun(sound.config as DraftConfig, registry, models) : [];
  throw refused([...served, ...sound.problems, ...more]);
}

const NO_METHOD: Problem = {
  path: '/method',
  message: 'expected none: the server makes texts by guided diffusion; run baselines with `diffusteer generate`',
};

/**
 * Returns the config as it is run. `auto` means float32, in which a text does not depend on the others of its batch, so that requests can
 * share batches; int8 rounds all of a batch together.
 */
const servedConfig = (config: GenerateConfig): GenerateConfig =>
  config.precision === 'auto' ? { ...config, precision: 'float32' } : config;

function sizeProblems({ config, plan }: PreparedRun, most: RequestContext['most']): Problem[] {
  const { rowsPerText } = shardLayout(config, plan);
  const texts = plan.items.length;
  if (texts > most.texts) {
    const message = `expected at most ${most.texts} texts per request, got ${texts}: fewer targets or samples, or \`diffusteer generate\``;
    return [{ path: '/samplesPerTarget', message }];
  }
  if (texts * rowsPerText <= most.rows) return [];
  const message = `expected at most ${most.rows} candidates or trajectories per request, got ${texts} texts with ${rowsPerText} each`;
  return [{ path: '/samplesPerTarget', message }];
}

/** Refuses files of guides whose options do not name them as paths. */
const fileProblems = ({ guides }: PreparedRun): Problem[] =>
  filesOf(guides).every(isInside)
    ? []
    : [{ path: '/guidance', message: 'a guide reads a file outside the working folder of the server and the package' }];
