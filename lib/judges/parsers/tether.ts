import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

// Runs a program and ends it when the process that started this one ends, however that ends: by then the pipe of standard input is closed,
// also after kill -9, which no process can notice itself. Arguments: a folder to remove in the end, the program, its arguments.

/** Exit code if the program was not found, as shells have it. */
const NOT_FOUND = 127;
const FAILED = 1;

const [folder, program, ...args] = process.argv.slice(2) as [string, string, ...string[]];
const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
const end = (code: number): void => {
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = code;
  process.stdin.destroy(); // nothing else keeps this process
};
child.on('error', () => end(NOT_FOUND));
child.on('exit', (code) => end(code ?? FAILED));
process.stdin.on('close', () => child.kill('SIGKILL')).resume();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill());
