import { DiffusteerError, InputError, Interrupted, messageOf } from '../lib/base/errors.js';

export const FAILED = 1;
export const BAD_INPUT = 2;
export const INTERRUPTED = 130; // 128 + SIGINT, as shells have it

export function exitCodeOf(error: unknown): number {
  if (error instanceof InputError) return BAD_INPUT;
  return error instanceof Interrupted ? INTERRUPTED : FAILED;
}

/** What a user reads of an error. A stack only helps those who look for a bug: `debug`. */
export function describeError(error: unknown, debug: boolean): string {
  if (debug && error instanceof Error) return error.stack ?? error.message;
  if (error instanceof DiffusteerError || isSystemError(error)) return messageOf(error);
  return `${messageOf(error)}\nThis was not foreseen. Run again with --debug to see where it happened.`;
}

/** Errors of the operating system (no space left, no permission) speak for themselves. */
const isSystemError = (error: unknown): boolean => error instanceof Error && 'syscall' in error;
