import type { HostTensor, HostTensors } from '../engine/types.js';

/** Tensors that pass from one reverse step to the next, [B, L, D] each: these, and moves of gradient guides by their names in the graph. */
export interface Latents extends HostTensors {
  readonly x: HostTensor;
  /** For the self-conditioning of the next step. */
  readonly previousX0: HostTensor;
}

/** Latents of a run that was left after a reverse step. */
export interface BranchPoint {
  /** The last step that was taken. */
  readonly step: number;
  readonly latents: Latents;
}

/** Returns the latents that the rows continue with. @param ancestors for each row, the row that continues in it */
export function continued(latents: Latents, ancestors: ArrayLike<number> | undefined): Latents {
  if (ancestors === undefined) return latents;
  return Object.fromEntries(Object.entries(latents).map(([name, tensor]) => [name, takeRows(tensor, ancestors)])) as Latents;
}

/** Returns rows of a tensor [B, ...] in another order; rows may repeat. */
function takeRows(tensor: HostTensor, rows: ArrayLike<number>): HostTensor {
  const views = latentRows(tensor);
  const size = views[0]!.length;
  const data = new Float32Array(rows.length * size);
  Array.from(rows).forEach((from, to) => data.set(views[from]!, to * size));
  return { ...tensor, shape: [rows.length, ...tensor.shape.slice(1)], data };
}

/**
 * Returns the latents of a batch from those of its rows, [1, L, D] each. Rows beyond them, and tensors that a row lacks, are zeros.
 *
 * @param rows size of the batch
 */
export function stackLatents(each: readonly Latents[], rows: number): Latents {
  const names = new Set(each.flatMap((latents) => Object.keys(latents)));
  const { shape } = each[0]!.x;
  const size = each[0]!.x.data.length;
  const stacked = [...names].map((name) => {
    const data = new Float32Array(rows * size);
    each.forEach((latents, row) => data.set(latents[name]?.data ?? [], row * size));
    return [name, { dtype: 'float32', shape: [rows, ...shape.slice(1)], data }] as const;
  });
  return Object.fromEntries(stacked) as unknown as Latents;
}

/** Returns views of the rows of a tensor [B, ...]. */
export function latentRows({ shape, data }: HostTensor): Float32Array[] {
  const size = data.length / shape[0]!;
  return Array.from({ length: shape[0]! }, (_, i) => (data as Float32Array).subarray(i * size, (i + 1) * size));
}
