import { type FileHandle, open, readFile } from 'node:fs/promises';
import { DiffusteerError, messageOf } from '../base/errors.js';
import { writeAside } from '../base/files.js';

/** A line of a training log: the steps done, and numbers and texts by name. */
export interface LogLine {
  readonly step: number;
  readonly [name: string]: unknown;
}

export interface TrainingLog {
  append(line: LogLine): Promise<void>;
  close(): Promise<void>;
}

/** Reads the lines of a log up to a step; a line cut short by a crash ends it. */
export async function readLog(path: string, upToStep: number): Promise<LogLine[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const lines: LogLine[] = [];
  for (const raw of text.split('\n')) {
    const line = parsed(raw);
    if (!line || line.step > upToStep) break;
    lines.push(line);
  }
  return lines;
}

/** Opens a log to append after `upToStep`; later lines, written by an interrupted run past its snapshot, are cut off. */
export async function openLog(path: string, upToStep: number): Promise<TrainingLog> {
  const kept = await readLog(path, upToStep);
  await writeAside(path, kept.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const file: FileHandle = await open(path, 'a');
  return {
    append: async (line) => {
      await file.appendFile(`${JSON.stringify(line)}\n`).catch((error: unknown) => {
        throw new DiffusteerError(
          `${path}: could not be written (${messageOf(error)}). The last checkpoint is untouched: free some space, then run the same command again to resume`,
          { cause: error },
        );
      });
    },
    close: () => file.close(),
  };
}

function parsed(line: string): LogLine | undefined {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return undefined;
  }
}
