import { clearLine, cursorTo } from 'node:readline';
import cliProgress from 'cli-progress';

export interface Progress {
  /** @param done units done since the beginning of the whole, those of an earlier run included; `facts` stand behind the bar */
  update(done: number, facts?: string): void;
  /** Prints a line of output (stdout) above the bar. */
  print(line: string): void;
  stop(): void;
}

export interface ProgressOptions {
  /** What is counted: `steps`. */
  readonly unit: string;
  readonly total: number;
  /** Done by an earlier run. */
  readonly from: number;
}

/** Seconds between the lines that stand for a bar where no terminal is. */
const LINE_EVERY = 10;

/** A bar with the time left on a terminal, and a plain line now and then elsewhere; both on stderr. */
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
      process.stdout.write(`${line}\n`); // the bar draws itself anew below
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

/** `40 s`, `12 min`, `3 h 20 min`. */
export function duration(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
