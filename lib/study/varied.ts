import { InputError, type Problem, throwProblems } from '../base/errors.js';
import { checkConfig, type GenerateConfig } from '../config/index.js';

/** Values by dotted path: `{ "sampler.steps": 50 }`. */
export type Values = Readonly<Record<string, unknown>>;

/** One run of a series. */
export interface SeriesRun {
  /** Unique in the series; also the name of its folder. */
  readonly name: string;
  readonly config: GenerateConfig;
  /** The config's file and the run, for messages. */
  readonly where: string;
}

/** Returns a config of `generate` with values set, later ones over earlier ones. @throws InputError with all problems */
export function varied(base: unknown, values: readonly Values[], where: string): GenerateConfig {
  const set = values.flatMap((own) => Object.entries(own).map(([path, value]) => `${path}=${JSON.stringify(value)}`));
  return checkConfig('generate', base, { set, where });
}

/**
 * Makes something of each item, and collects the problems of all items; a problem that several share is reported once.
 *
 * @throws InputError with the problems of all; any other error as it is thrown
 */
export async function forAll<A, B>(where: string, items: readonly A[], make: (item: A) => B | Promise<B>): Promise<B[]> {
  const made: B[] = [];
  const problems = new Map<string, Problem>();
  for (const item of items) {
    try {
      made.push(await make(item));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      for (const problem of problemsOf(error)) problems.set(`${problem.path} ${problem.message}`, problem);
    }
  }
  throwProblems(where, [...problems.values()]);
  return made;
}

/** Turns problems of `--set` into problems of the file that the values come from. */
const problemsOf = ({ where, problems }: InputError): Problem[] =>
  problems
    .map(({ path, message }) => ({ path: '', message: `${where}: ${path === '' ? '' : `${path}: `}${message}` }))
    .map(withoutSet);

const withoutSet = ({ path, message }: Problem): Problem => ({ path, message: message.replace('--set: ', '') });
