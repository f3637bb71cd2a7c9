import { printableLines } from '../lib/base/printable.js';
import { DiffusteerError, InputError, Interrupted, messageOf } from '../lib/base/errors.js';

export const FAILED = 1;
export const BAD_INPUT = 2;
export const INTERRUPTED = 130; // 128 + SIGINT, as shells report it

export function exitCodeOf(error: unknown): number {
  if (error instanceof InputError) return BAD_INPUT;
  return error instanceof Interrupted ? INTERRUPTED : FAILED;
}

/** Returns the text that a user reads: the message of an expected error, the stack only with `debug`. */
export function describeError(error: unknown, debug: boolean): string {
  if (debug && error instanceof Error) return error.stack ?? error.message;
  if (error instanceof DiffusteerError || isSystemError(error)) return printableLines(messageOf(error));
  return `${printableLines(messageOf(error))}\nThis is probably a bug. Run again with --debug to see the stack.`;
}

/** Returns whether the error comes from the operating system, such as "no space left": its message says enough. */
const isSystemError = (error: unknown): boolean => error instanceof Error && 'syscall' in error;
