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
import { OnnxResident, type OnnxRuntime, OnnxState } from './onnx-tensors.js';
import { RunQueue } from './run-queue.js';

/** Runs traced functions in onnxruntime. */
export class OnnxDevice implements Device {
  readonly #programs = new ProgramCache();
  readonly #queue = new RunQueue();

  constructor(
    readonly name: DeviceName,
    readonly threads: number,
    readonly runtime: OnnxRuntime,
    readonly precision: Precision = 'float32',
  ) {}

  compile(fn: GraphFunction, inputs: readonly TensorSpec[], constants?: HostTensors): Promise<Program> {
    const specs = withDtypes(inputs);
    const make = async () => {
      const { fusesAttention } = this.runtime;
      const { graph, outputs } = trace(fn, specs, constants, { precision: this.precision, fusesAttention });
      const session = await this.runtime.createSession(encodeModel(graph));
      const used = graph.inputs.map((input) => input.name);
      const forget = () => this.#programs.forget(fn, program);
      return new OnnxProgram({ inputs: specs, outputs, used }, this.runtime, session, this.#queue, forget);
    };
    const program = this.#programs.get(fn, specs, constants, make);
    return program;
  }

  put(tensor: HostTensor): Resident {
    return new OnnxResident(this.runtime, tensor);
  }

  state(tensors: HostTensors): State {
    return new OnnxState(this.runtime, tensors);
  }

  dispose(): Promise<void> {
    return this.#programs.dispose();
  }
}
