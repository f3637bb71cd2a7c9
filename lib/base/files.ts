import { access, constants, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { DiffusteerError, inputError, type InputError, messageOf } from './errors.js';

let written = 0;

/**
 * Writes a file so that a reader sees either the old content or the whole new one: writes a temporary file in the same folder, forces it
 * to the disk and renames it.
 *
 * @throws DiffusteerError if that fails (disk full, no permission); the temporary file is removed and the old one unchanged
 */
export async function writeAside(path: string, data: string | Uint8Array): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}-${threadId}-${written++}.tmp`);
  try {
    await writeThrough(temporary, data);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined); // report the first error
    throw new DiffusteerError(
      `${path}: could not be written (${messageOf(error)}); the previous file is unchanged. Free some space or choose another folder, then run again`,
      { cause: error },
    );
  }
  await syncFolder(dirname(path));
}

async function writeThrough(path: string, data: string | Uint8Array): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(data);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Makes a folder and those above it, if they do not exist.
 *
 * @throws InputError with the reason why that failed
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw inputError(path, `could not be made (${messageOf(await causeOf(path, error))}); choose another folder`);
  }
}

/** Returns why a folder could not be made: on a read-only disk, Node's recursive mkdir reports that the parent does not exist. */
async function causeOf(path: string, error: unknown): Promise<unknown> {
  for (let above = dirname(path); ; above = dirname(above)) {
    const reason = await access(above, constants.W_OK).then(
      () => error,
      (cause: unknown) => cause,
    );
    const isMissing = reason instanceof Error && 'code' in reason && reason.code === 'ENOENT';
    if (reason === error || !isMissing || above === dirname(above)) return reason;
  }
}

/** Forces the rename itself to the disk, except on systems that cannot open a folder. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  if (folder === undefined) return;
  await folder.sync().catch(() => undefined);
  await folder.close();
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder; check the path',
  EACCES: 'no permission to read it; check its owner and mode',
  EPERM: 'no permission to read it; check its owner and mode',
  EISDIR: 'expected a file, found a folder',
  ENOTDIR: 'expected a folder, found a file on the way',
};

/** Returns the InputError for a file that could not be read. */
export function unreadable(path: string, error: unknown): InputError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return inputError(path, REASONS[code] ?? `could not be read (${messageOf(error)})`);
}

/** Most bytes that are read of what has no size, such as a pipe or a device. */
const MAX_UNSIZED = 100_000_000;

/** Reads a file. @throws InputError if it cannot be read or is larger than `maxBytes`, a multiple of a megabyte */
export async function readAtMost(path: string, maxBytes: number): Promise<Buffer> {
  const file = await open(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  try {
    const { size } = await file.stat();
    if (size > maxBytes) throw tooLarge(path, maxBytes, `the file has ${(size / 1e6).toFixed(1)} MB`);
    if (size > 0) return await file.readFile();
    const pieces: Buffer[] = [];
    let read = 0;
    for await (const piece of file.createReadStream({ highWaterMark: 1_000_000, autoClose: false })) {
      pieces.push(piece as Buffer);
      read += (piece as Buffer).length;
      const most = Math.min(maxBytes, MAX_UNSIZED);
      if (read > most) throw tooLarge(path, most, 'this has more');
    }
    return Buffer.concat(pieces);
  } catch (error) {
    throw error instanceof DiffusteerError ? error : unreadable(path, error);
  } finally {
    await file.close();
  }
}

const tooLarge = (path: string, maxBytes: number, found: string): InputError =>
  inputError(path, `expected at most ${maxBytes / 1e6} MB, ${found}; split the file`);

/** Most lines of a file that is read as a whole: each is an object in memory, however short. */
const MAX_LINES = 5_000_000;

/** @throws InputError if a file has too many lines to hold them in memory */
export function refuseManyLines(path: string, bytes: Uint8Array): void {
  let lines = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1))
    if (++lines > MAX_LINES) throw inputError(path, `expected at most ${MAX_LINES / 1e6} million lines; split the file`);
}
