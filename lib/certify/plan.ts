import { join } from 'node:path';
import { InputError, inputErrorOnly, type Problem, throwProblems } from '../base/errors.js';
import { jsonHash } from '../base/hash.js';
import { isRecord } from '../base/is-record.js';
import {
  type CertifyConfig,
  type GenerateConfig,
  loadConfig,
  type LoadOptions,
  loadSoundPart,
  type Target,
} from '../config/index.js';
import type { JudgePool } from '../evaluate/judge-crew.js';
import { judgedOptions } from '../evaluate/judged-run.js';
import type { JudgeOptions } from '../evaluate/judging.js';
import { actsByGradient } from '../guide/acts-by-gradient.js';
import type { Registry } from '../guide/registry.js';
import { standardJudges } from '../judges/registry.js';
import { hashOf } from '../model/checkpoint/checkpoint.js';
import { guideFolder, hasGuideCheckpoint } from '../model/checkpoint/guide-checkpoint.js';
import { placeClauses } from '../plan/clauses.js';
import type { PlannedClause } from '../plan/plan.js';
import { type CheckedRun, checkRun, type DraftConfig, problemsOfRun } from '../plan/prepare.js';
import { decisive } from '../run/manifest.js';
import { AVOIDING, type Improving, runConfig } from './candidates.js';
import { type Condition, type ConditionJudges, readConditions } from './conditions.js';
import { type JudgeFolders, type JudgeRecord, judgeRecords } from './judge-records.js';
import type { SlotsOf } from './refused-words.js';
import { planScreen, type Screen } from './screen.js';
import { planSearch } from './search.js';

/** The judges of a certified run. */
export interface CertifyJudging extends Pick<JudgeOptions, 'parser' | 'classifier' | 'fluency' | 'judges'> {
  /** Folders of those that were trained. */
  readonly folders: JudgeFolders;
  /** Processes with the same judges, which share the candidates. Default: this process judges all. */
  readonly pool?: JudgePool | undefined;
}

/** SHA-256 of everything that decides what the texts are and whether they count. */
export interface Hashes {
  /** Of the config without its output folder, and of its targets. */
  readonly config: string;
  readonly targets: string;
  readonly model: string;
  /** Of the language model of joint decoding. */
  readonly decoder?: string;
  /** Of what was trained for each guide, by name and place: `tree-posterior`. */
  readonly guides: Readonly<Record<string, string>>;
  /** Of the files of plugins, by guide. */
  readonly plugins?: Readonly<Record<string, string>>;
  /** Of the judges that choose among attempts. */
  readonly screen?: Readonly<Record<string, string>>;
  /** Of the language model whose search finds attempts. */
  readonly search?: string;
}

/** A config of `certify` that passed all checks. */
export interface CertifyPlan {
  readonly config: CertifyConfig;
  readonly targets: readonly Target[];
  readonly conditions: readonly Condition[];
  readonly by: ConditionJudges;
  readonly judges: Readonly<Record<string, JudgeRecord>>;
  readonly hashes: Hashes;
  /** How refused candidates are improved; absent if the config does not ask for it. */
  readonly improving?: Improving;
  /** Judges that choose among its attempts; absent if the config has none. */
  readonly screen?: Screen;
  /** Names of what the judges of the conditions expect at the word positions of a target. */
  readonly slotsOf: SlotsOf;
  /** Most words of a text of the model. */
  readonly mostWords: number;
  /** Labels of clauses that act by gradient: their own classifiers say how likely a text obeys. */
  readonly classifiers: readonly string[];
  /** Labels of clauses that steer and that no condition judges. */
  readonly notJudged: readonly string[];
}

/**
 * Reads a config of `certify`. If its schema refuses it, the rest is checked against the model, the guides and the targets all the same, so
 * that every problem is reported at once.
 *
 * @throws InputError with every problem
 */
export async function loadCertifyConfig(path: string, registry: Registry, options: LoadOptions = {}): Promise<CertifyConfig> {
  try {
    return await loadConfig('certify', path, options);
  } catch (error) {
    inputErrorOnly(error);
    const { config, problems } = await loadSoundPart('certify', path, options);
    const rest =
      config && isRecord(config) ? await problemsOfRun({ ...config, samplesPerTarget: 1 } as DraftConfig, registry) : [];
    throw new InputError(path, [...problems, ...rest]);
  }
}

/** Checks a config with everything that it names. @throws InputError with every problem */
export async function planCertify(
  config: CertifyConfig,
  registry: Registry,
  judging: CertifyJudging,
  where: string,
): Promise<CertifyPlan> {
  const problems: Problem[] = [];
  const run = await checkRun(runConfig(config), registry, where).catch((error: unknown) => {
    problems.push(...inputErrorOnly(error).problems);
    return undefined;
  });
  const labels = placeClauses(config.guidance, '/guidance').map(({ tree }) => ('leaf' in tree ? tree.leaf.label : tree.label));
  const all = [...standardJudges({ ...(judging.parser && { parser: judging.parser }), ...(judging.classifier && { classifier: judging.classifier }) }), ...(judging.judges ?? [])]; // prettier-ignore
  const { conditions, by, problems: ofConditions } = readConditions(config.accept, labels, { judges: all, fluency: judging.fluency ?? [] }); // prettier-ignore
  problems.push(...ofConditions);
  if (config.sampler.seed !== undefined)
    problems.push({ path: '/sampler/seed', message: 'every round has noise of its own; leave this out, and set `seed`' });
  const improving = config.improve && run ? improvingOf(run, config) : undefined;
  if (run) problems.push(...(await improveProblems(config, run, improving, registry)));
  const judges = await judgeRecords(conditions, by, judging.folders);
  const helpers = await planHelpers(config, run && runConfig(config), conditions, judges, registry);
  problems.push(...helpers.problems);
  throwProblems(where, problems);
  const judged = new Set(conditions.map(({ judge }) => judge));
  return {
    config,
    targets: run!.plan.targets,
    conditions,
    by,
    judges,
    hashes: { ...(await hashesOf(config, run!)), ...helpers.hashes },
    ...(improving && { improving }),
    ...(helpers.screen && { screen: helpers.screen }),
    slotsOf: slotsBy(by, run!.plan.clauses),
    mostWords: run!.checkpoint.config.maxTokens - 2,
    classifiers: run!.plan.clauses.filter(({ via }) => actsByGradient(via)).map(({ label }) => label),
    notJudged: labels.filter((label) => !judged.has(label)),
  };
}

/** Checks the models that find attempts and choose among them. @param run as one run would generate it; undefined if it has problems */
async function planHelpers(
  config: CertifyConfig,
  run: GenerateConfig | undefined,
  conditions: readonly Condition[],
  judges: CertifyPlan['judges'],
  registry: Registry,
): Promise<Pick<CertifyPlan, 'screen'> & { hashes: Pick<Hashes, 'screen' | 'search'>; problems: readonly Problem[] }> {
  const { screen, problems: ofScreen } = await planScreen(config, conditions, judges);
  const { hash: search, problems: ofSearch } = await planSearch(config, run, judges, registry);
  return {
    ...(screen && { screen }),
    hashes: { ...(screen && { screen: screen.hashes }), ...(search !== undefined && { search }) },
    problems: [...ofScreen, ...ofSearch],
  };
}

/** Returns why words cannot be kept away from positions. */
function wordProblems(field: string, { checkpoint }: CheckedRun, registry: Registry): Problem[] {
  const path = `/${field}`;
  if (!registry.has(AVOIDING)) return [{ path, message: `needs the guide "${AVOIDING}", which these guides lack` }];
  if (checkpoint.tokenizer.level === 'word') return [];
  return [{ path, message: 'is about words, and a token of this model is a part of a word; leave it out' }];
}

/** How much of a refused candidate is kept: noised to this level, with so many nats for its words. */
const [NOISE, KEEP] = [0.7, 4];
/** Least share of the reverse steps after which an improved text is chosen, so that some of those that the noise leaves are run. */
const LEAST_AT = 0.4;

/** Returns how candidates of a run are improved. Only models that interpolate tokens can favour the words of a text. */
function improvingOf({ config: { decode }, checkpoint }: CheckedRun, { attempts }: Pick<CertifyConfig, 'attempts'>): Improving {
  const edit = { noise: NOISE, keep: checkpoint.denoiser.interpolates ? KEEP : 0 };
  if (decode.name !== 'joint') return { decode: { name: 'argmax' }, edit };
  const { enough: _, repair: __, ...joint } = decode;
  const doubtIsNoted = attempts > 1 && { enough: 0 };
  return { decode: { ...joint, at: Math.max(joint.at, LEAST_AT), candidates: 1, ...doubtIsNoted }, edit };
}

/** Returns why later candidates cannot follow from earlier ones as the config asks. */
async function improveProblems(
  config: CertifyConfig,
  run: CheckedRun,
  improving: Improving | undefined,
  registry: Registry,
): Promise<Problem[]> {
  const ofWords = (['avoid', 'improve'] as const).flatMap((field) => (config[field] ? wordProblems(field, run, registry) : []));
  const ofStart = improving ? await startProblems(config, improving, registry) : [];
  if (config.attempts === 1 || improving?.decode.name === 'joint') return [...ofWords, ...ofStart];
  const message = `expected 1 in a run that improves no candidates by joint decoding, got ${config.attempts}; set \`improve\`, or leave this out`;
  return [...ofWords, ...ofStart, { path: '/attempts', message }];
}

/** Returns why a run cannot start from its candidates. */
async function startProblems(config: CertifyConfig, { decode, edit }: Improving, registry: Registry): Promise<Problem[]> {
  if (config.edit)
    return [{ path: '/improve', message: 'starts from candidates, and `edit` from given texts; leave one of them out' }];
  if (config.method)
    return [
      { path: '/improve', message: `"${config.method.name}" has no reverse steps that could start from a text; leave it out` },
    ];
  const problems = await problemsOfRun({ ...runConfig(config), decode, edit: { ...edit, text: [] } }, registry);
  return problems.map(({ path, message }) => ({
    path: '/improve',
    message: `cannot start from candidates: ${path}: ${message}`,
  }));
}

function slotsBy({ judges }: ConditionJudges, clauses: readonly PlannedClause[]): SlotsOf {
  const known = new Map<string, readonly string[] | undefined>();
  return (label, target) => {
    const key = `${label} ${target}`;
    if (!known.has(key)) {
      const options = judgedOptions(clauses, target)[label];
      known.set(key, isRecord(options) ? judges.get(label)?.slots?.(options) : undefined);
    }
    return known.get(key);
  };
}

async function hashesOf(config: CertifyConfig, { checkpoint, decoder, plan }: CheckedRun): Promise<Hashes> {
  const guides: Record<string, string> = {};
  const plugins: Record<string, string> = {};
  for (const { factory, via } of plan.guides) {
    if (factory.origin) plugins[factory.name] = factory.origin.hash;
    if (!(await hasGuideCheckpoint(checkpoint.folder, factory.name, via))) continue;
    guides[`${factory.name}-${via}`] = await hashOf(join(guideFolder(checkpoint.folder, factory.name, via), 'model.safetensors'));
  }
  return {
    config: jsonHash(decisive(config)),
    targets: jsonHash(plan.targets.map(({ fields }) => fields)),
    model: checkpoint.hash,
    ...(decoder && { decoder: decoder.hash }),
    guides,
    ...(Object.keys(plugins).length > 0 && { plugins }),
  };
}
