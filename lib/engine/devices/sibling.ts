import { fork, type ChildProcess, type ForkOptions } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

// Modules of this folder that run in a thread or process of their own. Where this code itself runs from its TypeScript sources
// they do too, loaded by tsx, else they are the JavaScript they were built to.

const isSource = (from: string): boolean => from.endsWith('.ts');

const siblingUrl = (name: string, from: string): URL => new URL(`./${name}${isSource(from) ? '.ts' : '.js'}`, from);

/** Starts the module in a thread. */
export function startThread(name: string, from: string): Worker {
  const url = siblingUrl(name, from);
  if (!isSource(from)) return new Worker(url);
  // Node 20 does not take tsx' hooks over into a thread, so some JavaScript has to set them up there first.
  const [api, module] = [createRequire(from).resolve('tsx/cjs/api'), fileURLToPath(url)].map((path) => JSON.stringify(path));
  return new Worker(`require(${api}).register(); require(${module});`, { eval: true });
}

/** Starts the module in a process. */
export function startProcess(name: string, from: string, options: ForkOptions): ChildProcess {
  const execArgv = isSource(from) ? ['--import', pathToFileURL(createRequire(from).resolve('tsx')).href] : [];
  return fork(siblingUrl(name, from), { ...options, execArgv });
}
