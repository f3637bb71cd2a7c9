import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { InputError } from '../../lib/base/errors.js';

/** Returns a path under test/fixtures, also for compiled tests in dist/, which has no fixtures. */
export function fixture(path: string): string {
  let root = import.meta.dirname;
  while (!existsSync(join(root, 'package.json'))) root = dirname(root);
  return join(root, 'test/fixtures', path);
}

/** Returns the message of the InputError with which the promise must reject. */
export async function errorOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error, 'the promise should have failed').to.be.instanceOf(InputError);
  return (error as InputError).message;
}
