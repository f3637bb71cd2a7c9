import { encodeModel } from '../onnx/index.js';
import { trace } from '../trace/index.js';
import type {
  Device,
  DeviceName,
  GraphFunction,
  HostTensor,
  HostTensors,
  Precision,
  Program,
  Resident,
  State,
  TensorSpec,
} from '../types.js';
import { ProgramCache } from './cache.js';
import { withDtypes } from './feeds.js';
import { OnnxProgram } from './onnx-program.js';
import { createSession, type Provider } from './onnx-session.js';
import { OnnxResident, OnnxState } from './onnx-tensors.js';
import { RunQueue } from './run-queue.js';

/** Runs traced functions in onnxruntime on this thread, which is blocked while a program runs. */
export class OnnxDevice implements Device {
  readonly #programs = new ProgramCache();
  readonly #queue = new RunQueue();

  constructor(
    readonly name: DeviceName,
    readonly threads: number,
    readonly provider: Provider,
    readonly precision: Precision = 'float32',
  ) {}

  compile(fn: GraphFunction, inputs: readonly TensorSpec[], constants?: HostTensors): Promise<Program> {
    const specs = withDtypes(inputs);
    const make = async () => {
      const { graph, outputs } = trace(fn, specs, constants, this.precision);
      const session = await createSession(encodeModel(graph), this.provider, this.threads);
      const used = graph.inputs.map((input) => input.name);
      return new OnnxProgram({ inputs: specs, outputs, used }, session, this.#queue, () => this.#programs.forget(fn, program));
    };
    const program = this.#programs.get(fn, specs, constants, make);
    return program;
  }

  put(tensor: HostTensor): Resident {
    return new OnnxResident(tensor);
  }

  state(tensors: HostTensors): State {
    return new OnnxState(tensors);
  }

  dispose(): Promise<void> {
    return this.#programs.dispose();
  }
}
