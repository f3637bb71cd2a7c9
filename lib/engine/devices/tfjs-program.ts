import type { Tensor } from '@tensorflow/tfjs-core';
import { DiffusteerError, inputError } from '../../base/errors.js';
import { tf } from '../tf.js';
import type { DType, GraphFunction, HostTensor, Program, Resident, RunOptions, State, Tensors, TensorSpec } from '../types.js';
import { checkFeeds, checkOutputs, fetched } from './feeds.js';
import { fromTfjs, type OnBackend, tensorOf, TfjsResident, TfjsState, tidied } from './tfjs-tensors.js';

type Specs = readonly Required<TensorSpec>[];

export class TfjsProgram implements Program {
  #outputs: Specs | undefined;
  #isDisposed = false;

  constructor(
    readonly fn: GraphFunction,
    readonly inputs: Specs,
    readonly constants: Tensors,
    readonly onBackend: OnBackend,
    readonly onDispose: () => void,
  ) {}

  /** Determined before the first run by running the function on zeros. */
  get outputs(): Specs {
    this.#outputs ??= this.onBackend(() =>
      tidied(() => {
        const zeros = this.inputs.map(({ name, shape, dtype }) => [name, tf.zeros([...shape], dtype)] as const);
        return specsOf(this.fn({ ...Object.fromEntries(zeros), ...this.constants }));
      }),
    );
    return this.#outputs;
  }

  // Async, so that a bad input rejects as it does on the other devices.
  async run(
    feeds: Readonly<Record<string, HostTensor | Resident>>,
    { state, fetch }: RunOptions = {},
  ): Promise<Record<string, HostTensor>> {
    if (this.#isDisposed) throw new DiffusteerError('a program was run after it was disposed');
    const held = this.#own(state);
    checkFeeds(this.inputs, feeds, held);
    return this.onBackend(() => tidied(() => this.#run(feeds, held, fetch)));
  }

  dispose(): Promise<void> {
    if (this.#isDisposed) return Promise.resolve();
    this.#isDisposed = true;
    this.onDispose();
    for (const tensor of Object.values(this.constants)) tensor.dispose();
    return Promise.resolve();
  }

  #run(
    feeds: Readonly<Record<string, HostTensor | Resident>>,
    state: TfjsState | undefined,
    fetch: readonly string[] | undefined,
  ): Record<string, HostTensor> {
    const inputs: Record<string, Tensor> = { ...this.constants };
    for (const { name } of this.inputs) inputs[name] = name in feeds ? this.#fedTensor(name, feeds[name]!) : state!.tensor(name);
    const results = this.fn(inputs);
    const outputs = specsOf(results);
    this.#outputs ??= outputs;
    checkOutputs(outputs, state?.specs() ?? {}, fetch);
    const replaced = outputs.map(({ name }) => name).filter((name) => state?.names.includes(name));
    const wanted = fetched(outputs, replaced, fetch).map((name) => [name, fromTfjs(results[name]!)] as const);
    for (const name of replaced) state!.replace(name, results[name]!);
    return Object.fromEntries(wanted);
  }

  #fedTensor(name: string, fed: HostTensor | Resident): Tensor {
    if (fed instanceof TfjsResident && fed.owner === this.onBackend) return fed.tensor;
    if ('data' in fed) return tensorOf(fed);
    throw inputError('inputs of a program', `${name}: this resident tensor belongs to another device`);
  }

  #own(state: State | undefined): TfjsState | undefined {
    if (state === undefined || (state instanceof TfjsState && state.owner === this.onBackend)) return state;
    throw inputError('state of a program', 'this state belongs to another device');
  }
}

const specsOf = (tensors: Tensors): Specs =>
  Object.entries(tensors).map(([name, { shape, dtype }]) => ({ name, shape: [...shape], dtype: dtype as DType }));
