import { availableParallelism } from 'node:os';
import type { GenerateConfig } from '../config/index.js';
import { defaultThreads } from '../engine/devices/open.js';

/** The worker processes of a run. */
export interface Team {
  /** 1 if this process does the work itself. */
  readonly workers: number;
  /** CPU threads of each. */
  readonly threads: number;
}

/** What is known of a run when its team is chosen. */
export interface TeamNeeds {
  readonly shards: number;
  /** Threads that the texts in the folder were made with. */
  readonly begun?: number | undefined;
  /** Whether other machines do the work. */
  readonly isRemote: boolean;
  /** Returns how many threads serve one batch best. Default: a run is not shared unless its config says so. */
  bestThreads?: (() => Promise<number>) | undefined;
}

/** Fewest shards of a run that is shared without being asked for: a process takes about as long to start as a small batch. */
const FEWEST_SHARDS = 4;

/** Returns the team of a run: what its config says, else one worker for as many cores as serve a batch best. */
export async function teamOf(
  { workers, threads, device }: Pick<GenerateConfig, 'workers' | 'threads' | 'device'>,
  { shards, begun, isRemote, bestThreads }: TeamNeeds,
): Promise<Team> {
  const cores = availableParallelism();
  if (isRemote) return { workers: 1, threads: threads ?? begun ?? 1 }; // the same on machines of any size
  if (workers !== undefined)
    return { workers, threads: threads ?? begun ?? Math.min(defaultThreads(), coresEach(cores, workers)) };
  const isShared = bestThreads && shards >= FEWEST_SHARDS && (device === 'auto' || device === 'onnx-cpu');
  if (!isShared) return { workers: 1, threads: threads ?? begun ?? defaultThreads() };
  const each = threads ?? begun ?? (await bestThreads());
  return { workers: coresEach(cores, each), threads: each };
}

const coresEach = (cores: number, parts: number): number => Math.max(1, Math.floor(cores / parts));
