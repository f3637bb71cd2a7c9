import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { HostTensors } from '../../lib/engine/types.js';
import { data, weights, type JobName } from '../jobs.js';
import type { Timed } from '../measure.js';
import { adam, classifierSize, denoiserSize } from '../sizes.js';

export interface TorchPeer {
  readonly title: string;
  run(job: JobName): Promise<Timed>;
  close(): void;
}

// The Python file is not compiled, so from dist/bench/peers it lies three folders up.
const script = (): string => {
  const here = import.meta.dirname;
  return here.includes(join('dist', 'bench')) ? join(here, '../../../bench/peers/torch_peer.py') : join(here, 'torch_peer.py');
};

/** Starts PyTorch in a process of its own, or says why it cannot be compared with. */
export async function startTorch(python: string, threads: number): Promise<TorchPeer | string> {
  const check = spawnSync(python, ['-c', 'import torch, numpy'], { encoding: 'utf8' });
  if (check.error !== undefined) return `${python} does not start: ${check.error.message}`;
  if (check.status !== 0) return `${python} has no PyTorch: ${check.stderr.trim().split('\n').at(-1) ?? ''}`;
  const folder = mkdtempSync(join(tmpdir(), 'diffusteer-bench-'));
  writeData(folder);
  const child = spawn(python, [script(), folder, String(threads)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async <T>(): Promise<T> => {
    const line = await lines.next();
    if (line.done === true) throw new Error('the PyTorch process ended before it answered');
    return JSON.parse(line.value) as T;
  };
  const { version, threads: used } = await answer<{ version: string; threads: number }>();
  return {
    title: `PyTorch ${version} eager, ${used} threads`,
    async run(job) {
      child.stdin.write(`${job}\n`);
      const { ms } = await answer<{ ms: number }>();
      const bytes = readFileSync(join(folder, `${job}.out`));
      return { ms, result: new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)) };
    },
    close() {
      child.stdin.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Weights and inputs as raw numbers, with an index. */
function writeData(folder: string): void {
  const index: Record<string, unknown> = { adam, sizes: { denoiser: denoiserSize, classifier: classifierSize } };
  const parts: Record<string, HostTensors> = { data, ...weights };
  Object.entries(parts).forEach(([part, tensors], p) => {
    const entries = Object.entries(tensors).map(([name, tensor], i) => {
      const file = `${p}-${i}.bin`;
      writeFileSync(join(folder, file), new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength));
      return [name, { dtype: tensor.dtype, shape: tensor.shape, file }] as const;
    });
    index[part] = Object.fromEntries(entries);
  });
  writeFileSync(join(folder, 'index.json'), JSON.stringify(index));
}
