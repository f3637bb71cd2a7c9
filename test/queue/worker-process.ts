import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const cli = join(import.meta.dirname, '../../scripts/cli.js');

/** Runs a command of diffusteer in a process of its own. */
export async function runCli(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<{ status: number | null; stderr: string }> {
  const child = spawn(process.execPath, [cli, ...args], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, stderr };
}

/** A process of `diffusteer worker`. Its shard goes to another worker after one second, unless the arguments say otherwise. */
export class WorkerProcess {
  output = '';
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown[]>;

  constructor(url: string, args: readonly string[] = [], environment: NodeJS.ProcessEnv = {}) {
    const env = { ...process.env, ...environment };
    const stalled = args.includes('--stalled-after') ? [] : ['--stalled-after', '1'];
    const options = ['worker', '--queue', url, ...stalled, ...args];
    this.#child = spawn(process.execPath, [cli, ...options], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#exit = once(this.#child, 'exit');
    for (const stream of [this.#child.stdout!, this.#child.stderr!])
      stream.on('data', (data: Buffer) => (this.output += data.toString()));
  }

  /** @returns the exit code; null after SIGKILL */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.#child.kill(signal);
    return (await this.#exit)[0] as number | null;
  }
}
