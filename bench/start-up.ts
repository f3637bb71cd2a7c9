import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from './measure.js';

const RUNS = 10;

/** Returns a table of the time that commands take to start, in ms, as Markdown. */
export function startUpReport(model: string): string {
  const rows = [
    ['`diffusteer --help`', () => processTime('../scripts/cli.js', '--help')],
    ['`diffusteer check configs/quickstart.json`', () => processTime('../scripts/cli.js', 'check', 'configs/quickstart.json')],
    ['the start of a process to its first reverse step', () => Number(output('first-step.js', model))],
  ] as const;
  const lines = rows.map(([what, time]) => `| ${what} | ${median(Array.from({ length: RUNS }, time)).toFixed(0)} |`);
  return ['| from | ms |', '| --- | --- |', ...lines, '', `Medians of ${RUNS} processes, one after another.`, ''].join('\n');
}

/** Returns the time that a script takes as a process, in ms. */
function processTime(script: string, ...args: readonly string[]): number {
  const start = performance.now();
  output(script, ...args);
  return performance.now() - start;
}

/** @throws an Error with the output of the script if it fails */
function output(script: string, ...args: readonly string[]): string {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${script} ${args.join(' ')} ended with ${status}: ${stderr}`);
  return stdout;
}
