import type { GraphFunction, HostTensors, Program, TensorSpec } from '../types.js';

interface Entry {
  readonly shapes: string;
  readonly constants: HostTensors | undefined;
  readonly program: Promise<Program>;
}

/** Programs by function, shapes and constants; functions and constants are compared by identity. */
export class ProgramCache {
  #programs = new WeakMap<GraphFunction, Entry[]>();
  readonly #all = new Set<Promise<Program>>();

  get(
    fn: GraphFunction,
    inputs: readonly Required<TensorSpec>[],
    constants: HostTensors | undefined,
    make: () => Promise<Program>,
  ): Promise<Program> {
    const shapes = JSON.stringify(inputs);
    const entries = this.#programs.get(fn) ?? [];
    const known = entries.find((entry) => entry.shapes === shapes && entry.constants === constants);
    if (known !== undefined) return known.program;
    const program = make();
    this.#programs.set(fn, [...entries, { shapes, constants, program }]);
    this.#all.add(program);
    program.catch(() => this.forget(fn, program));
    return program;
  }

  forget(fn: GraphFunction, program: Promise<Program>): void {
    this.#all.delete(program);
    this.#programs.set(fn, (this.#programs.get(fn) ?? []).filter((entry) => entry.program !== program)); // prettier-ignore
  }

  /** Disposes of all programs. */
  async dispose(): Promise<void> {
    const programs = await Promise.allSettled(this.#all);
    this.#all.clear();
    this.#programs = new WeakMap();
    for (const result of programs) if (result.status === 'fulfilled') await result.value.dispose();
  }
}
