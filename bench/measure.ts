import { jobNames, type Job, type JobName } from './jobs.js';

export interface Timed {
  readonly ms: number;
  readonly result: Float32Array;
}

/** One engine in the comparison. */
export interface Contender {
  readonly title: string;
  /** How many rounds it takes part in; slow ones fewer. */
  readonly rounds: number;
  run(job: JobName): Promise<Timed>;
}

export function contender(title: string, jobs: Readonly<Record<JobName, Job>>, rounds: number): Contender {
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

/** The contenders take turns, so that what else the machine does falls on all of them. The first run of each is its warm-up. */
export async function compare(contenders: readonly Contender[], onRound: (job: JobName, round: number) => void): Promise<Row[]> {
  const rows: Row[] = [];
  for (const job of jobNames) {
    const times: number[][] = contenders.map(() => []);
    const first: Float32Array[] = [];
    for (const one of contenders) first.push((await one.run(job)).result);
    const rounds = Math.max(...contenders.map((one) => one.rounds));
    for (let round = 0; round < rounds; round++) {
      onRound(job, round);
      for (const [i, one] of contenders.entries()) if (round < one.rounds) times[i]!.push((await one.run(job)).ms);
    }
    rows.push({ job, medians: times.map(median), differences: first.map((result) => difference(first[0]!, result)) });
  }
  return rows;
}

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1] ?? NaN;

function difference(expected: Float32Array, got: Float32Array): number {
  const largest = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  return expected.reduce((max, value, i) => Math.max(max, Math.abs(value - got[i]!)), 0) / largest;
}
