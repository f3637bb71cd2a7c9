import '../gradients/index.js';
import { tf } from '../tf.js';
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
import { ProgramCache } from './cache.js';
import { withDtypes } from './feeds.js';
import { TfjsProgram } from './tfjs-program.js';
import { keptTensor, keptTensors, type OnBackend, TfjsResident, TfjsState } from './tfjs-tensors.js';

/** Runs functions directly on a tfjs backend, which must be ready. */
export class TfjsDevice implements Device {
  readonly threads = 1;
  readonly precision = 'float32';
  readonly #programs = new ProgramCache();
  readonly #held = new Set<Resident | State>();

  constructor(
    readonly name: DeviceName,
    readonly backend: string,
  ) {}

  compile(fn: GraphFunction, inputs: readonly TensorSpec[], constants?: HostTensors): Promise<Program> {
    const specs = withDtypes(inputs);
    return this.#programs.get(fn, specs, constants, () => {
      const held = this.#onBackend(() => keptTensors(constants ?? {}));
      const program = Promise.resolve(
        new TfjsProgram(fn, specs, held, this.#onBackend, () => this.#programs.forget(fn, program)),
      );
      return program;
    });
  }

  put(tensor: HostTensor): Resident {
    return this.#tracked(
      new TfjsResident(
        this.#onBackend(() => keptTensor(tensor)),
        this.#onBackend,
      ),
    );
  }

  state(tensors: HostTensors): State {
    return this.#tracked(
      new TfjsState(
        this.#onBackend(() => keptTensors(tensors)),
        this.#onBackend,
      ),
    );
  }

  async dispose(): Promise<void> {
    await this.#programs.dispose();
    for (const held of this.#held) held.dispose();
    this.#held.clear();
  }

  /** Remembers what `dispose` has to free: tfjs frees nothing by itself. */
  #tracked<T extends Resident | State>(held: T): T {
    this.#held.add(held);
    return held;
  }

  /** Calls `body` on this backend. It is ready, so tfjs switches to it synchronously. */
  readonly #onBackend: OnBackend = (body) => {
    const before = tf.getBackend();
    void tf.setBackend(this.backend);
    try {
      return body();
    } finally {
      void tf.setBackend(before);
    }
  };
}
