import { DiffusteerError, InputError, Interrupted, type Problem } from '../base/errors.js';

/** What a worker asks of the process that started it, or reports to it, in the middle of a task. */
export type WorkerMessage = { readonly asks: 'job' } | { readonly report: unknown };

/** The answer to a worker that asked for the job. */
export interface JobMessage {
  readonly job: unknown;
}

/** What a worker answers to a task. */
export type Answer<Result> = { readonly result: Result } | { readonly error: PlainError };

/** An error as JSON: a process boundary drops the class and the fields of an error. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly where?: string;
  readonly problems?: readonly Problem[];
}

export function plainError(error: unknown): PlainError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message, stack } = error;
  const input = error instanceof InputError ? { where: error.where, problems: error.problems } : {};
  return { name, message, stack, ...input };
}

/** Returns the error that a worker threw, of the same class if diffusteer foresees it. */
export function revivedError({ name, message, stack, where, problems }: PlainError): Error {
  if (name === 'InputError' && where !== undefined && problems) return new InputError(where, problems);
  if (name === 'Interrupted') return new Interrupted(message);
  if (name === 'DiffusteerError') return new DiffusteerError(message);
  return Object.assign(new Error(message), { name, ...(stack !== undefined && { stack }) });
}
