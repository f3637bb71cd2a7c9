import { Interrupted } from '../base/errors.js';
import type { SampleLine } from '../run/sample-line.js';
import type { RunFiles } from '../run/run-files.js';
import type { Crew } from './crew.js';

interface ShardsHooks {
  onSamples?(lines: readonly SampleLine[]): void;
  onProgress?(done: number, of: number): void;
}

/** Makes the missing texts and traces of the shards. @returns how many texts were traced */
export async function makeShards(crew: Crew, files: RunFiles, hooks: ShardsHooks): Promise<number> {
  const waiting = files.unfinished.values(); // shared by all lanes
  const progress = countSteps(files, hooks);
  let traced = 0;
  const lane = async (): Promise<void> => {
    for (const shard of waiting) {
      const made = await crew.make(shard, { traced: files.missingTraces(shard), onStep: progress(shard) });
      const written = await files.append(made);
      traced += written.traces;
      if (written.lines.length > 0) hooks.onSamples?.(written.lines);
    }
  };
  await Promise.all(Array.from({ length: crew.lanes }, lane)).catch(saysHowToResume);
  return traced;
}

/** Returns the `onStep` of each shard, which together count the steps of the run. */
function countSteps({ shards, unfinished }: RunFiles, { onProgress }: ShardsHooks) {
  const steps = new Map<number, number>();
  let sum = 0;
  return (shard: number) =>
    (done: number, of: number): void => {
      sum += done - (steps.get(shard) ?? 0);
      steps.set(shard, done);
      onProgress?.((shards - unfinished.length) * of + sum, shards * of);
    };
}

/** Only a run knows that its folder can be resumed; whatever was interrupted in it does not. */
function saysHowToResume(error: unknown): never {
  throw error instanceof Interrupted
    ? new Interrupted(`${error.message}; the same command resumes with the texts that are done`)
    : error;
}
