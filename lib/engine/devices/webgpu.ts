import { fork, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { ProbeResult } from './webgpu-probe.js';

const LIMIT_MS = 30_000;

let known: Promise<ProbeResult> | undefined;

/** Checks whether onnxruntime's WebGPU provider works here, and how fast it is. Runs once, in another process. */
export function probeWebGpu(): Promise<ProbeResult> {
  known ??= probe();
  return known;
}

function probe(): Promise<ProbeResult> {
  const child = startProbe();
  return new Promise((resolve) => {
    const limit = setTimeout(() => {
      child.kill('SIGKILL');
      resolve({ why: `the WebGPU provider did not answer within ${LIMIT_MS / 1000} s` });
    }, LIMIT_MS);
    child.on('message', (result: ProbeResult) => resolve(result));
    child.on('error', (error) => resolve({ why: error.message }));
    child.on('exit', (code, signal) => {
      clearTimeout(limit);
      resolve({ why: `the WebGPU provider ended its process (${signal ?? `exit code ${code}`})` });
    });
  });
}

/** Starts webgpu-probe in a process: its TypeScript source, loaded by tsx, if this module runs from source. */
function startProbe(): ChildProcess {
  const isSource = import.meta.url.endsWith('.ts');
  const execArgv = isSource ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href] : [];
  const probe = new URL(`./webgpu-probe${isSource ? '.ts' : '.js'}`, import.meta.url);
  return fork(probe, { execArgv, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
}
