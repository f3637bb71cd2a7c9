import { basename } from 'node:path';
import { InputError, messageOf } from '../base/errors.js';

/** A guide of the user's broke its contract: `where` is its file. */
export class ContractBreach extends InputError {
  override name = 'ContractBreach';
}

/** Whose contract it is. */
export interface Party {
  readonly file: string;
  readonly guide: string;
}

/**
 * What a guide did against its contract.
 *
 * @param point the function or field of lib/sampler/guide.ts that it concerns
 * @param message what was expected and what came, as the rest of a sentence that begins with the guide's name
 */
export function breach({ file, guide }: Party, point: string, message: string): ContractBreach {
  return new ContractBreach(file, [{ path: point, message: `the guide "${guide}" ${message}` }]);
}

/** Calls a function of a guide. Errors: a ContractBreach that names the file and the point where it threw. */
export function calling<T>(party: Party, point: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw thrown(party, point, error);
  }
}

/** The same for a function that may take its time. */
export async function callingAsync<T>(party: Party, point: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw thrown(party, point, error);
  }
}

function thrown(party: Party, point: string, error: unknown): ContractBreach {
  if (error instanceof ContractBreach) return error; // of a function that this one called
  return breach(party, point, `threw${placeIn(party.file, error)}: ${messageOf(error)}`);
}

/** The line of a file at which an error came up, as its stack has it: " in line 12", or nothing. */
export function placeIn(file: string, error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const name = basename(file).replace(/[^\w]/g, '\\$&');
  const line = new RegExp(`[/\\\\]${name}(?:\\?[^:)]*)?:(\\d+)`).exec(stack)?.[1];
  return line === undefined ? '' : ` in line ${line}`;
}
