import * as ort from 'onnxruntime-node';
import { DiffusteerError, messageOf } from '../../errors.js';
import { encodeModel } from '../onnx/encode.js';
import type {
  Device,
  DeviceName,
  GraphFunction,
  HostTensor,
  HostTensors,
  Program,
  Resident,
  State,
  TensorSpec,
} from '../types.js';
import { trace } from '../trace/trace.js';
import { ProgramCache } from './cache.js';
import { withDefaults } from './feeds.js';
import { OnnxProgram } from './onnx-program.js';
import { OnnxResident, OnnxState } from './onnx-tensors.js';

/** Runs traced functions in onnxruntime. */
export class OnnxDevice implements Device {
  readonly #programs = new ProgramCache();

  constructor(
    readonly name: DeviceName,
    readonly threads: number,
    readonly executionProvider: 'cpu' | 'webgpu',
  ) {}

  compile(fn: GraphFunction, inputs: readonly TensorSpec[], constants?: HostTensors): Promise<Program> {
    const specs = withDefaults(inputs);
    const make = async () => {
      const { graph, outputs } = trace(fn, specs, constants);
      const session = await this.#session(encodeModel(graph));
      return new OnnxProgram(specs, outputs, graph, session, () => this.#programs.forget(fn, program));
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

  async #session(model: Uint8Array): Promise<ort.InferenceSession> {
    try {
      return await ort.InferenceSession.create(model, {
        executionProviders: [this.executionProvider],
        graphOptimizationLevel: 'all',
        intraOpNumThreads: this.threads,
        interOpNumThreads: 1,
        executionMode: 'sequential',
        logSeverityLevel: 3, // errors only
        extra: { session: { intra_op: { allow_spinning: '0' } } }, // or two sessions on the same cores slow each other down
      });
    } catch (error) {
      throw new DiffusteerError(`onnxruntime (${this.executionProvider}) cannot run the compiled function: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }
}
