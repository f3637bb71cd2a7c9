import type { PreparedRun } from '../plan/prepare.js';
import type { GenerateRequest } from './api.js';

/** A request that can be run. */
export interface CheckedRequest {
  readonly run: PreparedRun;
  /** The request with every default filled in, as it is run. */
  readonly request: GenerateRequest;
  /** Indices of the texts to make. */
  readonly items: readonly number[];
  readonly branch?: PlannedBranch | undefined;
}

/** The text that a branch departs from. */
export interface PlannedBranch {
  readonly of: CheckedRequest;
  readonly text: string;
  readonly step: number;
  /** Index of the text in the run of the branch, and in that of `of`. */
  readonly item: number;
  readonly origin: number;
}
