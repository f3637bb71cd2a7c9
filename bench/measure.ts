import { setTimeout } from 'node:timers/promises';
import type { Job, JobName } from './jobs.js';

export interface Timed {
  readonly ms: number;
  readonly result: Float32Array;
}

/** One engine in the comparison. */
export interface Contender {
  readonly title: string;
  /** How many rounds of a job are timed after its warm-up; with 0 the first run is timed. */
  readonly rounds: (job: JobName) => number;
  run(job: JobName): Promise<Timed>;
}

export function contender(title: string, jobs: Readonly<Record<JobName, Job>>, rounds: Contender['rounds']): Contender {
  return {
    title,
    rounds,
    async run(job) {
      const start = performance.now();
      const result = await jobs[job]();
      return { ms: performance.now() - start, result };
    },
  };
}

export interface Row {
  readonly job: JobName;
  /** Medians in the order of the contenders. */
  readonly medians: readonly number[];
  /** The largest difference from the first contender's numbers, relative to the largest of them. */
  readonly differences: readonly number[];
}

export interface Pace {
  /** The jobs to measure. */
  readonly jobs: readonly JobName[];
  readonly onRound: (job: JobName, round: number) => void;
}

// ms: the threads of an engine go on waiting for work for a while after a run, and would take the next engine's cores
const PAUSE = 150;

/**
 * The fast contenders take turns, so that what else the machine does falls on all of them. A turn is a pause, a run that is not
 * timed, since cores and threads have slept meanwhile, and the one that is. The first turn of each is its warm-up. Those with fewer rounds have theirs afterwards: seconds of another engine's work and its garbage
 * between two runs would disturb the second.
 */
export async function compare(contenders: readonly Contender[], { jobs, onRound }: Pace): Promise<Row[]> {
  const rows: Row[] = [];
  for (const job of jobs) {
    const times: number[][] = contenders.map(() => []);
    const first: Float32Array[] = [];
    const rounds = Math.max(...contenders.map((one) => one.rounds(job)));
    const isFast = (one: Contender) => one.rounds(job) === rounds;
    for (const group of [contenders.filter(isFast), contenders.filter((one) => !isFast(one))]) {
      for (let round = 0; group.some((one) => round <= one.rounds(job)); round++) {
        onRound(job, round);
        for (const one of group.filter(({ rounds: of }) => round <= of(job))) {
          const i = contenders.indexOf(one);
          await setTimeout(PAUSE);
          if (group.length > 1) first[i] ??= (await one.run(job)).result;
          const { ms, result } = await one.run(job);
          first[i] ??= result;
          if (round > 0 || one.rounds(job) === 0) times[i]!.push(ms);
        }
      }
    }
    rows.push({ job, medians: times.map(median), differences: first.map((result) => difference(first[0]!, result)) });
  }
  return rows;
}

export const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1] ?? NaN;

function difference(expected: Float32Array, got: Float32Array): number {
  const largest = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  return expected.reduce((max, value, i) => Math.max(max, Math.abs(value - got[i]!)), 0) / largest;
}
