import { join } from 'node:path';
import { scoredTexts } from '../evaluate/scored-texts.js';
import type { Registry } from '../guide/registry.js';
import { loadSlotJudge } from '../judges/controls/slot-judge.js';
import { languageFluency } from '../judges/fluency/language-fluency.js';
import { loadShippedParser } from '../judges/parsers/shipped-parser.js';
import { type Condition, keeps, scoreFor, shortfall } from './conditions.js';
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
  const parser = folders.parser === undefined ? undefined : await loadShippedParser(folders.parser);
  const classifier = folders.slots === undefined ? undefined : await loadSlotJudge(folders.slots);
  const fluency = await Promise.all(Object.values(folders.fluency).map((folder) => languageFluency(folder)));
  const judging = { folders, fluency, ...(parser && { parser }), ...(classifier && { classifier }) };
  return {
    async shortfalls(folder, signal) {
      const scores = await judgeBatch(await openBatch(folder, registry, { config: { accept } }, judging), {
        ...(signal && { signal }),
      });
      const found: number[] = [];
      for await (const { scores: own } of scoredTexts(join(folder, 'samples.jsonl'), scores))
        found.push(conditions.reduce((sum, condition) => sum + missedBy(condition, scoreFor(condition, own)), 0));
      return found;
    },
    async stop() {
      await Promise.all([parser?.stop(), classifier?.stop(), ...fluency.map((judge) => judge.stop())]);
    },
  };
}

const missedBy = (condition: Condition, score: number | undefined): number =>
  score !== undefined && keeps(condition, score) ? 0 : shortfall(condition, score);
