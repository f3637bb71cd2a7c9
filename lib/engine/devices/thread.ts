import { inputError } from '../../base/errors.js';
import { encodeModel } from '../onnx/index.js';
import { trace } from '../trace/index.js';
import type {
  Device,
  DType,
  GraphFunction,
  HostTensor,
  HostTensors,
  Precision,
  Program,
  Resident,
  RunOptions,
  State,
  TensorSpec,
} from '../types.js';
import { ProgramCache } from './cache.js';
import { withDtypes } from './feeds.js';
import { Channel } from './thread-channel.js';
import type { Handle } from './thread-protocol.js';

/** Runs traced functions in onnxruntime in a thread of its own, so that timers and signals go on meanwhile. */
export class ThreadedOnnxDevice implements Device {
  readonly name = 'onnx-cpu';
  readonly #programs = new ProgramCache();
  readonly #channel = new Channel();
  #closing: Promise<unknown> | undefined;

  constructor(
    readonly threads: number,
    readonly precision: Precision = 'float32',
  ) {}

  compile(fn: GraphFunction, inputs: readonly TensorSpec[], constants?: HostTensors): Promise<Program> {
    const specs = withDtypes(inputs);
    const make = async () => {
      const { graph, outputs } = trace(fn, specs, constants, this.precision);
      const signature = { inputs: specs, outputs, used: graph.inputs.map((input) => input.name) };
      const handle = this.#channel.newHandle();
      await this.#channel.ask({ do: 'load', handle, model: encodeModel(graph), threads: this.threads, signature });
      return new ThreadedProgram(specs, outputs, handle, this.#channel, () => this.#programs.forget(fn, program));
    };
    const program = this.#programs.get(fn, specs, constants, make);
    return program;
  }

  put(tensor: HostTensor): Resident {
    return new ThreadedResident(tensor, this.#channel);
  }

  state(tensors: HostTensors): State {
    return new ThreadedState(tensors, this.#channel);
  }

  async dispose(): Promise<void> {
    await this.#programs.dispose();
    this.#closing ??= this.#channel.ask({ do: 'close' });
    await this.#closing;
  }
}

class ThreadedProgram implements Program {
  constructor(
    readonly inputs: readonly Required<TensorSpec>[],
    readonly outputs: readonly Required<TensorSpec>[],
    readonly handle: Handle,
    readonly channel: Channel,
    readonly onDispose: () => void,
  ) {}

  async run(
    feeds: Readonly<Record<string, HostTensor | Resident>>,
    { state, fetch }: RunOptions = {},
  ): Promise<Record<string, HostTensor>> {
    const sent: Record<string, HostTensor | Handle> = {};
    for (const [name, fed] of Object.entries(feeds)) sent[name] = this.#sendable(name, fed);
    if (state !== undefined && !(state instanceof ThreadedState && state.channel === this.channel))
      throw inputError('state of a program', 'this state belongs to another device');
    return this.channel.ask({ do: 'run', program: this.handle, feeds: sent, state: state?.handle, fetch });
  }

  async dispose(): Promise<void> {
    this.onDispose();
    await this.channel.ask({ do: 'dispose', handle: this.handle });
  }

  #sendable(name: string, fed: HostTensor | Resident): HostTensor | Handle {
    if (fed instanceof ThreadedResident && fed.channel === this.channel) return fed.handle;
    if ('data' in fed) return fed;
    throw inputError('inputs of a program', `${name}: this resident tensor belongs to another device`);
  }
}

class ThreadedResident implements Resident {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly handle: Handle;

  constructor(
    tensor: HostTensor,
    readonly channel: Channel,
  ) {
    this.dtype = tensor.dtype;
    this.shape = [...tensor.shape];
    this.handle = channel.newHandle();
    channel.tell({ do: 'put', handle: this.handle, tensor });
  }

  dispose(): void {
    this.channel.tell({ do: 'dispose', handle: this.handle });
  }
}

class ThreadedState implements State {
  readonly names: readonly string[];
  readonly handle: Handle;

  constructor(
    tensors: HostTensors,
    readonly channel: Channel,
  ) {
    this.names = Object.keys(tensors);
    this.handle = channel.newHandle();
    channel.tell({ do: 'state', handle: this.handle, tensors });
  }

  read(names?: readonly string[]): Promise<Record<string, HostTensor>> {
    return this.channel.ask({ do: 'read', state: this.handle, names });
  }

  dispose(): void {
    this.channel.tell({ do: 'dispose', handle: this.handle });
  }
}
