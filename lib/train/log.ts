import { open, readFile, type FileHandle } from 'node:fs/promises';
import { writeAside } from '../base/files.js';

/** A line of a training log: numbers and texts by name, with the steps done. */
export interface LogLine {
  readonly step: number;
  readonly [name: string]: unknown;
}

export interface TrainingLog {
  append(line: LogLine): Promise<void>;
  close(): Promise<void>;
}

/** The lines of a log up to a step; a line that a kill cut short ends it. */
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

/** Opens a log to go on after `upToStep`: what an interrupted run wrote past its snapshot is cut off. */
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
