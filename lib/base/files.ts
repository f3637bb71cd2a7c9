import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { DiffusteerError, inputError, messageOf, type InputError } from './errors.js';

let written = 0;

/**
 * Writes a file so that its name stands for the old content or the whole new one, never for a part: into a temporary name of the
 * same folder, forced to the disk, renamed.
 * Errors: a DiffusteerError where that fails (disk full, no permission); the temporary file is gone and the old one as it was.
 */
export async function writeAside(path: string, data: string | Uint8Array): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}-${threadId}-${written++}.tmp`);
  try {
    await writeThrough(temporary, data);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined); // the first error is the one to tell
    throw new DiffusteerError(
      `${path}: could not be written (${messageOf(error)}); what stood there before is untouched. Free some space or choose another folder, then run again`,
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

/** Forces the rename itself to the disk. Some systems cannot open a folder: there the rename is as safe as they make it. */
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

/** What to tell about a file that could not be read. */
export function unreadable(path: string, error: unknown): InputError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return inputError(path, REASONS[code] ?? `could not be read (${messageOf(error)})`);
}
