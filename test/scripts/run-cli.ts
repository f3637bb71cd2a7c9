import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command line. `onOutput` sees the process at each piece of output, to send it signals. */
export function runCli(
  args: readonly string[],
  onOutput: (text: string, kill: (signal: NodeJS.Signals) => void) => void = () => undefined,
): Promise<Ended> {
  const child = spawn(process.execPath, [cliPath(), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (piece: string) => {
      text[name] += piece;
      onOutput(piece, (signal) => void child.kill(signal));
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, ...text }));
  });
}

/** The same file from the sources (test/scripts) and from the build (dist/test/scripts). */
function cliPath(): string {
  const isBuilt = import.meta.url.includes('/dist/test/');
  return fileURLToPath(new URL(isBuilt ? '../../scripts/cli.js' : '../../dist/scripts/cli.js', import.meta.url));
}
