import { execFile } from 'node:child_process';
import { resolve } from 'node:path';

export interface Ended {
  readonly code: number | string | null | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command line in a folder, as `npx diffusteer` does. */
export function diffusteer(args: readonly string[], cwd: string): Promise<Ended> {
  const cli = resolve('dist/scripts/cli.js');
  return new Promise((done) => {
    execFile(process.execPath, [cli, ...args], { cwd }, (error, stdout, stderr) => {
      done({ code: error === null ? 0 : error.code, stdout, stderr });
    });
  });
}
