/** One thing that is wrong with an input: where (a JSON path such as `/sampler/steps`, or '' for the whole), and what to do. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** Any failure that diffusteer foresees. What is not one of these is a bug. */
export class DiffusteerError extends Error {
  override name = 'DiffusteerError';
}

/** The user's input cannot be used: a config, a corpus, a checkpoint. The command line exits with 2. */
export class InputError extends DiffusteerError {
  override name = 'InputError';

  /**
   * @param where the file (and line) that is wrong, or the option
   * @param problems everything that is wrong with it, at once
   */
  constructor(
    readonly where: string,
    readonly problems: readonly Problem[],
  ) {
    super(wording(where, problems));
  }
}

/** The run was stopped from outside (Ctrl-C) after its work was saved. The command line exits with 130. */
export class Interrupted extends DiffusteerError {
  override name = 'Interrupted';
}

/** An InputError of a single problem that concerns the whole of `where`. */
export function inputError(where: string, message: string): InputError {
  return new InputError(where, [{ path: '', message }]);
}

function wording(where: string, problems: readonly Problem[]): string {
  const lines = problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return lines.length === 1
    ? `${where}: ${lines[0]}`
    : `${where}: ${lines.length} problems\n${lines.map((l) => `  ${l}`).join('\n')}`;
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const MAX_LISTED = 20;

/** What is the user's to mend is one of the config's problems; anything else is thrown. */
export function inputErrorOnly(error: unknown): InputError {
  if (error instanceof InputError) return error;
  throw error;
}

/** The first problems, and how many more there are. */
export function capped(problems: readonly Problem[]): readonly Problem[] {
  if (problems.length <= MAX_LISTED) return problems;
  return [...problems.slice(0, MAX_LISTED), { path: '', message: `and ${problems.length - MAX_LISTED} more` }];
}
