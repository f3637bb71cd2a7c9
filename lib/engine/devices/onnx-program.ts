import type { Tensor } from 'onnxruntime-node';
import { DiffusteerError, inputError } from '../../base/errors.js';
import { inputName, outputName } from '../onnx/index.js';
import type { HostTensor, Program, Resident, RunOptions, State, TensorSpec } from '../types.js';
import { checkFeeds, checkOutputs, fetched } from './feeds.js';
import { fromOrt, OnnxResident, type OnnxRuntime, type OnnxSession, OnnxState, ortTensor } from './onnx-tensors.js';
import type { RunQueue } from './run-queue.js';

type Specs = readonly Required<TensorSpec>[];

export interface Signature {
  readonly inputs: Specs;
  readonly outputs: Specs;
  /** Names of the graph inputs that the outputs depend on; onnxruntime accepts no others. */
  readonly used: readonly string[];
}

export class OnnxProgram implements Program {
  readonly inputs: Specs;
  readonly outputs: Specs;
  readonly #used: ReadonlySet<string>;
  #isDisposed = false;

  constructor(
    { inputs, outputs, used }: Signature,
    readonly runtime: OnnxRuntime,
    readonly session: OnnxSession,
    readonly queue: RunQueue,
    readonly onDispose: () => void = () => undefined,
  ) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.#used = new Set(used);
  }

  run(feeds: Readonly<Record<string, HostTensor | Resident>>, options: RunOptions = {}): Promise<Record<string, HostTensor>> {
    return this.queue.add(() => this.#run(feeds, options));
  }

  async dispose(): Promise<void> {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.onDispose();
    await this.queue.add(() => this.session.release());
  }

  async #run(
    feeds: Readonly<Record<string, HostTensor | Resident>>,
    { state, fetch }: RunOptions,
  ): Promise<Record<string, HostTensor>> {
    if (this.#isDisposed) throw new DiffusteerError('a program was run after it was disposed');
    const held = ownState(state);
    checkFeeds(this.inputs, feeds, held);
    const replaced = this.outputs.map(({ name }) => name).filter((name) => held?.names.includes(name));
    if (held !== undefined || fetch !== undefined) checkOutputs(this.outputs, heldSpecs(held), fetch);
    const wanted = fetched(this.outputs, replaced, fetch);

    const targets: Record<string, Tensor | null> = {};
    for (const name of wanted) targets[outputName(name)] = null; // allocated by onnxruntime
    for (const name of replaced) targets[outputName(name)] = held!.spare(name)!;
    if (Object.keys(targets).length === 0) return {};
    const results = await this.session.run(this.#ortFeeds(feeds, held), targets);
    held?.swap(replaced);
    return Object.fromEntries(wanted.map((name) => [name, brought(results[outputName(name)]!, replaced.includes(name))]));
  }

  #ortFeeds(feeds: Readonly<Record<string, HostTensor | Resident>>, state: OnnxState | undefined): Record<string, Tensor> {
    const ortFeeds: Record<string, Tensor> = {};
    for (const { name } of this.inputs) {
      const key = inputName(name);
      if (this.#used.has(key))
        ortFeeds[key] = name in feeds ? fedTensor(this.runtime, name, feeds[name]!) : state!.current(name)!;
    }
    return ortFeeds;
  }
}

function fedTensor(runtime: OnnxRuntime, name: string, fed: HostTensor | Resident): Tensor {
  if (fed instanceof OnnxResident) return fed.tensor;
  if ('data' in fed) return ortTensor(runtime, fed);
  throw inputError('inputs of a program', `${name}: this resident tensor belongs to another device`);
}

function ownState(state: State | undefined): OnnxState | undefined {
  if (state === undefined || state instanceof OnnxState) return state;
  throw inputError('state of a program', 'this state belongs to another device');
}

const heldSpecs = (state: OnnxState | undefined): Record<string, HostTensor> =>
  Object.fromEntries((state?.names ?? []).map((name) => [name, fromOrt(state!.current(name)!)]));

/** Returns a result that the caller may keep: a copy if the numbers belong to a state. */
function brought(result: Tensor, belongsToState: boolean): HostTensor {
  const tensor = fromOrt(result);
  return belongsToState ? { ...tensor, data: tensor.data.slice() } : tensor;
}
