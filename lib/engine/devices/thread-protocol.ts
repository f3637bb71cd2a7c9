import { DiffusteerError, InputError, messageOf, type Problem } from '../../base/errors.js';
import type { HostTensor, HostTensors } from '../types.js';
import type { Signature } from './onnx-program.js';

/** A tensor, state or program that the worker holds, by number. */
export type Handle = number;

/** What the worker is asked to do. `handle` is the number under which a new thing is kept. */
export type Request =
  | {
      readonly do: 'load';
      readonly handle: Handle;
      readonly model: Uint8Array;
      readonly threads: number;
      readonly signature: Signature;
    }
  | { readonly do: 'put'; readonly handle: Handle; readonly tensor: HostTensor }
  | { readonly do: 'state'; readonly handle: Handle; readonly tensors: HostTensors }
  | {
      readonly do: 'run';
      readonly program: Handle;
      readonly feeds: Readonly<Record<string, HostTensor | Handle>>;
      readonly state: Handle | undefined;
      readonly fetch: readonly string[] | undefined;
    }
  | { readonly do: 'read'; readonly state: Handle; readonly names: readonly string[] | undefined }
  | { readonly do: 'dispose'; readonly handle: Handle }
  | { readonly do: 'close' };

export type Numbered = Request & { readonly id: number };

/** An error as plain data, since a thread's messages lose the class. */
export interface Failure {
  readonly message: string;
  readonly input?: { readonly where: string; readonly problems: readonly Problem[] };
}

export type Reply =
  { readonly id: number; readonly tensors: Record<string, HostTensor> } | { readonly id: number; readonly failure: Failure };

export const failureOf = (error: unknown): Failure =>
  error instanceof InputError
    ? { message: error.message, input: { where: error.where, problems: error.problems } }
    : { message: messageOf(error) };

export const errorOf = ({ message, input }: Failure): DiffusteerError =>
  input === undefined ? new DiffusteerError(message) : new InputError(input.where, input.problems);
