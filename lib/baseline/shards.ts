import { locate } from '../base/locate.js';
import { type Key, keyOf, split } from '../base/random.js';
import type { GenerateConfig } from '../config/index.js';
import type { Device } from '../engine/types.js';
import { languageModelOf, loadLanguageModel } from '../model/causal/language-model-checkpoint.js';
import type { PreparedRun } from '../plan/prepare.js';
import type { MethodRecord } from '../run/manifest.js';
import type { SampleLine } from '../run/sample-line.js';
import type { MadeShard, ShardHooks, ShardMaker } from '../shard/index.js';
import { createScorer, nats, sampleLine } from '../shard/index.js';
import { fromTokenIds } from '../text/token-ids.js';
import { countOf, fittingCount } from './budget.js';
import { chooseBest, type ChosenText } from './choose.js';
import { makerOf, type RunText, type TextMaker } from './maker.js';
import type { NextWords } from '../decode/index.js';

/**
 * Opens the maker of a run's shards by a baseline, which makes candidates for the guides to choose from.
 *
 * @param run a run whose method `checkMethod` accepted
 * @param begun the record of the method if the run is resumed
 * @throws InputError if the folder of the language model holds none
 */
export async function baselineShards(device: Device, run: PreparedRun, begun: MethodRecord | undefined): Promise<ShardMaker> {
  const { config, plan, checkpoint, guides } = run;
  const { config: method, seconds, discriminators } = run.method!;
  const language = method.model === 'diffusion' ? undefined : await openLanguageModel(method.model, device);
  const maker = makerOf({ ...run, device, method, language: language?.model, discriminators, key: runKey(config) });
  const scoring = { config, checkpoint, guides, scorer: createScorer(device, checkpoint, guides) };
  const choose: Choose = (texts, candidates) => {
    const all = texts.map(({ target }, i) => ({ target, sequences: candidates[i]! }));
    return chooseBest(scoring, all);
  };
  const fitted = seconds === undefined || begun ? undefined : { seconds, ...(await fittingCount(seconds, plan, maker, choose)) };
  const record = begun ?? { ...(fitted ?? { count: countOf(method) }), ...(language && { hash: language.hash }) };
  return {
    record,
    size: config.batchSize,
    make: (shard, hooks) => makeShard({ run, maker, choose, count: record.count }, shard, hooks),
  };
}

/** A loaded language model and the SHA-256 of its weights. */
interface OpenLanguageModel {
  readonly model: NextWords;
  readonly hash: string;
}

/** Loads a language model. @throws InputError if the folder holds none */
async function openLanguageModel(folder: string, device: Device): Promise<OpenLanguageModel> {
  const checkpoint = await loadLanguageModel(locate(folder));
  return { model: languageModelOf(device, checkpoint), hash: checkpoint.hash };
}

type Choose = (texts: readonly RunText[], candidates: readonly Int32Array[][]) => Promise<ChosenText[]>;

interface BaselineTools {
  readonly run: PreparedRun;
  readonly maker: TextMaker;
  readonly choose: Choose;
  /** Candidates per text, or beams per target. */
  readonly count: number;
}

const runKey = ({ sampler, seed }: GenerateConfig): Key => keyOf(sampler.seed ?? seed);

async function makeShard(
  { run: { config, plan, checkpoint }, maker, choose, count }: BaselineTools,
  shard: number,
  { onStep, signal }: ShardHooks = {},
): Promise<MadeShard> {
  const { tokenizer } = checkpoint;
  const size = config.batchSize;
  const key = split(runKey(config), 'shard', shard);
  const items = plan.items.slice(shard * size, (shard + 1) * size);
  const texts = items.map((item, i): RunText => ({ ...item, key: split(key, 'text', i) }));
  const candidates = await maker.make(texts, count, { onShare: (share) => onStep?.(Math.floor(share * size), size), signal });
  const chosen = await choose(texts, candidates);
  const lines = texts.map(({ key }, i): SampleLine => {
    const { ids, score, guides } = chosen[i]!;
    const { tokens, truncated } = fromTokenIds(ids, tokenizer.vocabulary);
    const of = candidates[i]!.length;
    const text = { tokens, truncated, text: tokenizer.detokenize(tokens) };
    return sampleLine(plan, items[i]!, text, { key, guides, ...(of > 1 ? { chosen: { of, score: nats(score)! } } : {}) });
  });
  return { lines, traces: () => Promise.resolve([]) };
}
