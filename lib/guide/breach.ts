import { basename } from 'node:path';
import { InputError, messageOf } from '../base/errors.js';

/** A plugin broke the contract of guides: `where` is its file. */
export class ContractBreach extends InputError {
  override name = 'ContractBreach';
}

/** A plugin, as error messages name it. */
export interface Party {
  readonly file: string;
  readonly guide: string;
}

/**
 * Returns the error for a breach.
 *
 * @param point the function or field of the contract
 * @param message the rest of a sentence that begins with the guide's name
 */
export function breach({ file, guide }: Party, point: string, message: string): ContractBreach {
  return new ContractBreach(file, [{ path: point, message: `the guide "${guide}" ${message}` }]);
}

/** Returns where in a file an error was thrown, from its stack: " in line 12", or "". */
export function lineIn(file: string, error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const name = basename(file).replace(/[^\w]/g, '\\$&');
  const line = new RegExp(`[/\\\\]${name}(?:\\?[^:)]*)?:(\\d+)`).exec(stack)?.[1];
  return line === undefined ? '' : ` in line ${line}`;
}

/** Returns the error for what a function of a plugin threw. */
export function thrownBreach(party: Party, point: string, error: unknown): ContractBreach {
  if (error instanceof ContractBreach) return error; // by a function that this one called
  return breach(party, point, `threw${lineIn(party.file, error)}: ${messageOf(error)}`);
}

/** Returns a value as an error message shows it, at most 60 characters. */
export function valueText(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return 'a function';
  const text = jsonOf(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function jsonOf(value: unknown): string {
  try {
    return (JSON.stringify(value) as string | undefined) ?? `a ${typeof value}`;
  } catch {
    return `a ${typeof value}`; // a bigint, or an object that contains itself
  }
}
