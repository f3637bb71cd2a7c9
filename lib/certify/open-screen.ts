import { join } from 'node:path';
import { scoredTexts } from '../evaluate/scored-texts.js';
import type { Registry } from '../guide/registry.js';
import { openJudges } from '../judges/open-judges.js';
import { scoreFor, shortfall } from './conditions.js';
import { judgeBatch, openBatch } from './judge-batch.js';
import type { Screen } from './screen.js';

/** The judges of a screen at work. */
export interface OpenScreen {
  /**
   * Judges the attempts in a folder, unless they have scores.
   *
   * @returns by how much each misses the bounds of the conditions, in the order of the file; 0 if it keeps all
   * @throws InputError if a judge cannot work; Interrupted
   */
  shortfalls(folder: string, signal: AbortSignal | undefined): Promise<number[]>;
  /** Frees the networks. */
  stop(): Promise<void>;
}

/** Opens the judges of a screen. Their networks start with the first text. */
export async function openScreen({ folders, conditions, accept }: Screen, registry: Registry): Promise<OpenScreen> {
  const { stop, ...judges } = await openJudges({
    ...{ parser: folders.parser === undefined ? 'none' : 'embedded', tagger: 'wink' },
    locations: { coreNlp: '', embedded: folders.parser ?? '' },
    ...{ slots: folders.slots, fluency: Object.values(folders.fluency) },
  });
  const judging = { ...judges, folders };
  return {
    async shortfalls(folder, signal) {
      const scores = await judgeBatch(await openBatch(folder, registry, { config: { accept } }, judging), {
        ...(signal && { signal }),
      });
      const found: number[] = [];
      for await (const { scores: own } of scoredTexts(join(folder, 'samples.jsonl'), scores))
        found.push(conditions.reduce((sum, condition) => sum + shortfall(condition, scoreFor(condition, own)), 0));
      return found;
    },
    stop,
  };
}
