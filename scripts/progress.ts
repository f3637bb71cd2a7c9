import { clearLine, cursorTo } from 'node:readline';
import cliProgress from 'cli-progress';

export interface Progress {
  /**
   * @param done units done so far, including those of an earlier run
   * @param facts text that follows the bar
   */
  update(done: number, facts?: string): void;
  /** Prints a line of output (stdout) above the bar. */
  print(line: string): void;
  stop(): void;
}

export interface ProgressOptions {
  /** Name of the counted unit, such as `steps`. */
  readonly unit: string;
  readonly total: number;
  /** Units done by an earlier run. */
  readonly from: number;
}

/** Seconds between progress lines when stderr is not a terminal. */
const LINE_EVERY = 10;

/** Shows progress on stderr: a bar with the time left on a terminal, and plain lines elsewhere. */
export function startProgress(options: ProgressOptions): Progress {
  return process.stderr.isTTY ? bar(options) : lines(options);
}

function bar({ unit, total, from }: ProgressOptions): Progress {
  const format = `{bar} {value}/{total} ${unit} | {eta_formatted} left | {facts}`;
  const single = new cliProgress.SingleBar({ format, etaBuffer: 50, hideCursor: true }, cliProgress.Presets.shades_classic);
  single.start(total, from, { facts: '' });
  return {
    update: (done, facts = '') => single.update(done, { facts }),
    print(line) {
      clearLine(process.stderr, 0);
      cursorTo(process.stderr, 0);
      process.stdout.write(`${line}\n`); // the bar redraws itself below
    },
    stop: () => single.stop(),
  };
}

function lines({ unit, total, from }: ProgressOptions): Progress {
  const begin = performance.now();
  let last = begin;
  return {
    update(done, facts = '') {
      const now = performance.now();
      if (now - last < LINE_EVERY * 1000 && done < total) return;
      last = now;
      const secondsLeft = ((now - begin) / 1000 / Math.max(1, done - from)) * (total - done);
      process.stderr.write(`${done}/${total} ${unit} | ${duration(secondsLeft)} left${facts === '' ? '' : ` | ${facts}`}\n`);
    },
    print: (line) => void process.stdout.write(`${line}\n`),
    stop: () => undefined,
  };
}

/** Returns a duration such as `40 s`, `12 min` or `3 h 20 min`. */
export function duration(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
