import { InputError, type Problem } from '../../base/errors.js';
import { sameShape, type Shape, sizeOf } from '../shapes.js';
import type { DType, HostTensor, Resident, State, TensorSpec } from '../types.js';

type Fed = Pick<Resident, 'dtype' | 'shape'>;

export const withDtypes = (inputs: readonly TensorSpec[]): Required<TensorSpec>[] =>
  inputs.map(({ name, shape, dtype = 'float32' }) => ({ name, shape: [...shape], dtype }));

/**
 * Checks the inputs of a program.
 * @throws InputError that names every input that is missing, unknown, or of another shape or type
 */
export function checkFeeds(inputs: readonly Required<TensorSpec>[], feeds: Readonly<Record<string, Fed>>, state?: State): void {
  const problems: Problem[] = [];
  const known = new Set(inputs.map(({ name }) => name));
  for (const { name, shape, dtype } of inputs) {
    const fed = feeds[name];
    if (fed === undefined && state?.names.includes(name)) continue;
    if (fed === undefined) problems.push({ path: name, message: `expected ${wording(dtype, shape)}, got nothing` });
    else if (fed.dtype !== dtype || !sameShape(fed.shape, shape))
      problems.push({ path: name, message: `expected ${wording(dtype, shape)}, got ${wording(fed.dtype, fed.shape)}` });
    else problems.push(...wrongSize(name, fed));
  }
  for (const name of Object.keys(feeds))
    if (!known.has(name)) problems.push({ path: name, message: `unknown input; expected ${[...known].join(', ') || 'none'}` });
  if (problems.length > 0) throw new InputError('inputs of a program', problems);
}

function wrongSize(name: string, fed: Fed): Problem[] {
  const length = (fed as Partial<HostTensor>).data?.length;
  if (length === undefined || length === sizeOf(fed.shape)) return [];
  return [{ path: name, message: `expected ${sizeOf(fed.shape)} numbers for shape [${fed.shape}], got ${length}` }];
}

/**
 * Checks that a state fits a program, and that the wanted outputs exist.
 * @throws InputError that names every tensor that does not fit
 */
export function checkOutputs(
  outputs: readonly Required<TensorSpec>[],
  state: Readonly<Record<string, Fed>>,
  fetch: readonly string[] = [],
): void {
  const problems: Problem[] = [];
  for (const { name, shape, dtype } of outputs) {
    const held = state[name];
    if (held !== undefined && (held.dtype !== dtype || !sameShape(held.shape, shape)))
      problems.push({
        path: name,
        message: `the state holds ${wording(held.dtype, held.shape)}, the program gives ${wording(dtype, shape)}`,
      });
  }
  for (const name of fetch)
    if (!outputs.some((output) => output.name === name))
      problems.push({
        path: name,
        message: `no such output; expected one of ${outputs.map((output) => output.name).join(', ')}`,
      });
  if (problems.length > 0) throw new InputError('outputs of a program', problems);
}

const wording = (dtype: DType, shape: Shape): string => `${dtype} [${shape.join(', ')}]`;

/** Returns the names of the outputs to fetch: the wanted ones, by default all that are not part of the state. */
export const fetched = (
  outputs: readonly TensorSpec[],
  stateNames: readonly string[],
  fetch?: readonly string[],
): readonly string[] => fetch ?? outputs.map(({ name }) => name).filter((name) => !stateNames.includes(name));
