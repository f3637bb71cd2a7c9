/** One thing that is wrong with an input, and what to do about it. */
export interface Problem {
  /** JSON path of the faulty value, such as `/sampler/steps`; '' for the whole input. */
  readonly path: string;
  readonly message: string;
}

/** A failure that diffusteer foresees. Any other error is a bug. */
export class DiffusteerError extends Error {
  override name = 'DiffusteerError';
}

/** An input that cannot be used: a config, a corpus, a checkpoint. The command line exits with 2. */
export class InputError extends DiffusteerError {
  override name = 'InputError';

  /**
   * @param where the faulty file (and line) or option
   * @param problems everything that is wrong with it
   */
  constructor(
    readonly where: string,
    readonly problems: readonly Problem[],
  ) {
    super(describe(where, problems));
  }
}

/** A run that was stopped from outside (Ctrl-C) after its work was saved. The command line exits with 130. */
export class Interrupted extends DiffusteerError {
  override name = 'Interrupted';
}

/** Returns an InputError with a single problem, which concerns the whole of `where`. */
export function inputError(where: string, message: string): InputError {
  return new InputError(where, [{ path: '', message }]);
}

const MAX_LISTED = 20;

/** Returns each problem once, in the order of the first. */
export const distinctProblems = (problems: readonly Problem[]): Problem[] => [
  ...new Map(problems.map((problem) => [`${problem.path}\n${problem.message}`, problem])).values(),
];

/**
 * Throws one error for all problems, if there are any. A problem that was found twice is told once.
 *
 * @throws InputError with the first 20 problems and the number of the others
 */
export function throwProblems(where: string, problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const told = distinctProblems(problems);
  const others = told.length - MAX_LISTED;
  throw new InputError(where, others > 0 ? [...told.slice(0, MAX_LISTED), { path: '', message: `and ${others} more` }] : told);
}

/** Returns an InputError as it is, and throws any other error. */
export function inputErrorOnly(error: unknown): InputError {
  if (error instanceof InputError) return error;
  throw error;
}

/** Returns the message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Most characters of one problem in a message: an input may be quoted in it. */
const MAX_CHARACTERS = 4000;

function describe(where: string, problems: readonly Problem[]): string {
  const lines = problems.map(({ path, message }) => shortened(path === '' ? message : `${path}: ${message}`));
  return lines.length === 1
    ? `${where}: ${lines[0]}`
    : `${where}: ${lines.length} problems\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

const shortened = (line: string): string => (line.length <= MAX_CHARACTERS ? line : `${line.slice(0, MAX_CHARACTERS)} ...`);
