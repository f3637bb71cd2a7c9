import { startProcess } from './sibling.js';
import type { ProbeResult } from './webgpu-probe.js';

const LIMIT_MS = 30_000;

let known: Promise<ProbeResult> | undefined;

/** Whether onnxruntime's WebGPU provider works here and how fast; found once, in another process. */
export function probeWebGpu(): Promise<ProbeResult> {
  known ??= probe();
  return known;
}

function probe(): Promise<ProbeResult> {
  const child = startProcess('webgpu-probe', import.meta.url, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  return new Promise((resolve) => {
    const limit = setTimeout(() => {
      child.kill('SIGKILL');
      resolve({ why: `no answer of the WebGPU provider in ${LIMIT_MS / 1000} s` });
    }, LIMIT_MS);
    child.on('message', (result: ProbeResult) => resolve(result));
    child.on('error', (error) => resolve({ why: error.message }));
    child.on('exit', (code, signal) => {
      clearTimeout(limit);
      resolve({ why: `the WebGPU provider ended its process (${signal ?? `exit code ${code}`})` });
    });
  });
}
