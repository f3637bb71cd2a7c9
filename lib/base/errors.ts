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
