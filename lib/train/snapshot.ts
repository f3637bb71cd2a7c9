import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostTensor, State, TensorSpec } from '../engine/types.js';
import { InputError, type Problem } from '../base/errors.js';
import { readSafetensors, writeSafetensors } from '../model/checkpoint/safetensors.js';

const FILE = 'snapshot.safetensors';

export interface Snapshot {
  /** Steps done. */
  readonly step: number;
  /** Losses of the steps since the last log line. */
  readonly losses: readonly number[];
  readonly tensors: Record<string, HostTensor>;
}

/**
 * Saves everything that a run needs to resume with the same bytes: the state in full precision, the step, and the losses since the
 * last log line. Batches depend on the step alone and need no saving. `fingerprint` identifies config and data.
 */
export async function writeSnapshot(
  folder: string,
  state: State,
  { step, losses }: Omit<Snapshot, 'tensors'>,
  fingerprint: string,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const metadata = { step: `${step}`, losses: JSON.stringify(losses), fingerprint };
  await writeSafetensors(join(folder, FILE), await state.read(), { metadata });
}

/**
 * Reads the snapshot of a folder, or returns undefined if there is none.
 *
 * @throws InputError if it belongs to another network or to a run with another config or other data
 */
export async function readSnapshot(
  folder: string,
  specs: readonly TensorSpec[],
  fingerprint: string,
): Promise<Snapshot | undefined> {
  const path = join(folder, FILE);
  if (!(await exists(path))) return undefined;
  const { tensors, metadata } = await readSafetensors(path);
  if (metadata['fingerprint'] !== fingerprint) {
    throw new InputError(path, [
      {
        path: '',
        message:
          'this run was started with another config or other data; name another output folder, or remove this one to start over',
      },
    ]);
  }
  const problems = specs.flatMap((spec) => shapeProblem(spec, tensors[spec.name]));
  if (problems.length > 0) throw new InputError(path, problems);
  return { step: Number(metadata['step']), losses: JSON.parse(metadata['losses'] ?? '[]') as number[], tensors };
}

function shapeProblem({ name, shape }: TensorSpec, found: HostTensor | undefined): Problem[] {
  const same = found && found.shape.length === shape.length && shape.every((size, i) => size === found.shape[i]);
  if (same) return [];
  return [{ path: `/${name}`, message: `expected a tensor of shape [${shape}], found ${found ? `[${found.shape}]` : 'none'}` }];
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
