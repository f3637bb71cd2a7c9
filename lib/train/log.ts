import { open, readFile, type FileHandle } from 'node:fs/promises';
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
    append: async (line) => void (await file.appendFile(`${JSON.stringify(line)}\n`)),
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
