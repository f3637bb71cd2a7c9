import { type ClauseTree, foldClauses, type GenerateConfig } from '../config/index.js';
import type { Device, Program } from '../engine/types.js';
import { languageModelOf } from '../model/causal/language-model-checkpoint.js';
import { type LanguageModel } from '../model/causal/language-model.js';
import type { MadeGuide } from '../plan/make-guides.js';
import type { PreparedRun } from '../plan/prepare.js';
import { createShardContext, hasIndependentRows, type ShardContext, shardLayout } from '../shard/index.js';

/** Most contexts kept with their compiled programs. */
const KEPT = 8;

interface KeptContext {
  readonly context: ShardContext;
  users: number;
  dispose(): Promise<void>;
}

/** Opens the device that a config names. @throws InputError if it does not work here */
export type OpenDevice = (name: GenerateConfig['device'], options: Pick<GenerateConfig, 'precision'>) => Promise<Device>;

/** Devices, language models and compiled programs, kept warm between batches. */
export class WarmContexts {
  readonly #devices = new Map<string, Promise<Device>>();
  readonly #languages = new Map<string, LanguageModel>();
  /** In the order of their last use. */
  readonly #contexts = new Map<string, KeptContext>();

  constructor(private readonly open: OpenDevice) {}

  /** Opens the device of a config, or returns it if it is open. @throws InputError if it does not work here */
  device({ device, precision }: Pick<GenerateConfig, 'device' | 'precision'>): Promise<Device> {
    const key = `${device} ${precision}`;
    const opened = this.#devices.get(key) ?? this.open(device, { precision });
    this.#devices.set(key, opened);
    opened.catch(() => this.#devices.delete(key));
    return opened;
  }

  /**
   * Calls `use` with a context for batches of a run and of all runs with the same `batchKey`.
   *
   * @param rows size of the batch
   */
  async use<T>(run: PreparedRun, rows: number, use: (context: ShardContext) => Promise<T>): Promise<T> {
    const key = `${rows} ${batchKey(run)}`;
    const kept = this.#contexts.get(key) ?? (await this.#open(run, rows, key));
    this.#contexts.delete(key);
    this.#contexts.set(key, kept);
    kept.users++;
    try {
      return await use(kept.context);
    } finally {
      kept.users--;
      await this.#trim();
    }
  }

  async #open(run: PreparedRun, rows: number, key: string): Promise<KeptContext> {
    const device = await this.device(run.config);
    const known = this.#contexts.get(key); // another batch opened it meanwhile
    if (known) return known;
    const programs = new Set<Promise<Program>>();
    const layout = { ...shardLayout(run.config, run.plan), rows };
    const language = run.decoder && this.#language(device, run.decoder);
    const context = createShardContext(collecting(device, programs), run, { layout, language });
    const kept = { context, users: 0, dispose: () => disposeAll(programs) };
    this.#contexts.set(key, kept);
    return kept;
  }

  #language(device: Device, decoder: NonNullable<PreparedRun['decoder']>): LanguageModel {
    const key = `${device.name} ${device.precision} ${decoder.folder}`;
    const made = () => languageModelOf(device, decoder);
    const model = this.#languages.get(key) ?? (hasIndependentRows(device) ? inFewSizes(made()) : made());
    this.#languages.set(key, model);
    return model;
  }

  /** Disposes of the contexts that were not used for the longest time. */
  async #trim(): Promise<void> {
    for (const [key, kept] of this.#contexts) {
      if (this.#contexts.size <= KEPT) return;
      if (kept.users > 0) continue;
      this.#contexts.delete(key);
      await kept.dispose();
    }
  }

  async dispose(): Promise<void> {
    this.#contexts.clear();
    const devices = await Promise.allSettled(this.#devices.values());
    for (const one of devices) if (one.status === 'fulfilled') await one.value.dispose();
  }
}

/**
 * Returns a language model that decodes beams in few sizes, since a device compiles a program for each: the number of searches is rounded up
 * to a power of two, and those that are spare do nothing.
 */
export const inFewSizes = (model: LanguageModel): LanguageModel => ({
  ...model,
  beamDecoder(searches, width, options) {
    const spare = Array.from({ length: 2 ** Math.ceil(Math.log2(searches)) - searches }, () => []);
    const decoder = model.beamDecoder(searches + spare.length, width, options);
    return { searches, width, next: async (beams) => (await decoder.next([...beams, ...spare])).slice(0, searches) };
  },
});

/** Returns a device that notes the programs that it compiles. */
const collecting = (device: Device, programs: Set<Promise<Program>>): Device => ({
  name: device.name,
  threads: device.threads,
  precision: device.precision,
  compile(fn, inputs, constants) {
    const program = device.compile(fn, inputs, constants);
    programs.add(program);
    return program;
  },
  put: (tensor) => device.put(tensor),
  state: (tensors) => device.state(tensors),
  dispose: () => disposeAll(programs),
});

async function disposeAll(programs: Set<Promise<Program>>): Promise<void> {
  for (const result of await Promise.allSettled(programs)) if (result.status === 'fulfilled') await result.value.dispose();
  programs.clear();
}

/**
 * Returns a key that two runs share if their texts can be rows of one batch: the model, the device, the steps, how texts are decoded, and
 * which latent guides act. Targets, seeds, posterior guides and the weights of latent guides may differ.
 */
export function batchKey({ config, checkpoint, guides, plan }: PreparedRun): string {
  const { seed: _, ...sampler } = config.sampler;
  return JSON.stringify([
    checkpoint.folder,
    [config.device, config.precision, config.steering, sampler, config.decode],
    config.edit && config.edit.noise,
    shardLayout(config, plan).rowsPerText,
    guides.latent.map(({ label, window, auto, tree }) => [label, window, auto, shapeOf(tree)]),
  ]);
}

/** Returns what the graph of a clause depends on. The weight of a guide by itself is an input. */
const shapeOf = (tree: ClauseTree<MadeGuide>): unknown =>
  'leaf' in tree
    ? [tree.leaf.factory.name, tree.leaf.via]
    : foldClauses<MadeGuide, unknown>(
        tree,
        ({ label, factory, via, weight }) => [label, factory.name, via, weight],
        (members, { op, label, weight }) => [op, label, weight, members],
      );
