import type { Device, HostTensors } from '../../engine/types.js';
import {
  classOffsets,
  loadSlotsModel,
  slotLogProbs,
  type SlotsConfig,
  slotsSize,
  textNetwork,
} from '../../model/judging/index.js';
import { networkOnDemand } from '../network-on-demand.js';

type Words = readonly string[];

/** The values that a text states, by slot; a slot that it does not mention is absent. */
export type Stated = ReadonlyMap<string, string>;

/** Finds the values that texts state, from their words. */
export interface SlotJudge {
  /** The slots that it knows, and the values that it tells apart. */
  readonly slots: readonly { readonly slot: string; readonly values: readonly string[] }[];
  classify(texts: readonly Words[]): Promise<Stated[]>;
}

/** Most words read per text. */
const LONGEST = 256;

/** Builds a slot judge on a device; it holds compiled programs. */
export function slotJudge(
  config: Omit<SlotsConfig, 'measured'>,
  weights: HostTensors,
  device: Device,
): SlotJudge & { dispose(): Promise<void> } {
  const { slots, vocabulary } = config;
  const size = slotsSize(config);
  const offsets = classOffsets(size.classes);
  const network = textNetwork((all, ids) => ({ logProbs: slotLogProbs(all, ids, size) }), weights, vocabulary, device);

  const read = (logProbs: Float32Array): Stated =>
    new Map(
      slots.flatMap(({ slot, values }, i) => {
        const own = logProbs.subarray(offsets[i], offsets[i]! + values.length + 1);
        const best = own.indexOf(Math.max(...own)); // class 0: not stated
        return best > 0 ? [[slot, values[best - 1]!] as const] : [];
      }),
    );
  return {
    slots,
    classify: (texts) =>
      network.map(
        texts.map((words) => words.slice(0, LONGEST)),
        (outputs) => read(outputs['logProbs']!),
      ),
    dispose: () => network.dispose(),
  };
}

/** A slot judge that holds a device after its first text. */
export interface StoppableSlotJudge extends SlotJudge {
  stop(): Promise<void>;
}

/**
 * Loads the slot judge that `train-judge` wrote to a folder. Its network starts with the first text.
 *
 * @param threads CPU threads of the network. Default: as `openDevice`
 * @throws InputError if the folder holds none
 */
export async function loadSlotJudge(folder: string, threads?: number): Promise<StoppableSlotJudge> {
  const { config, weights } = await loadSlotsModel(folder);
  const network = networkOnDemand(weights, (tensors, device) => slotJudge(config, tensors, device), threads);
  return {
    slots: config.slots,
    classify: async (texts) => (await network.started()).classify(texts),
    stop: () => network.stop(),
  };
}
