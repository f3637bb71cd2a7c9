import { openDevice } from '../../engine/index.js';
import type { Device, HostTensors } from '../../engine/types.js';
import { classOffsets, slotLogProbs } from '../../model/judging/slot-scorer.js';
import { loadSlotsModel, slotsSize, type SlotsConfig } from '../../model/judging/slots-model.js';
import { textNetwork } from '../../model/judging/text-network.js';

type Words = readonly string[];

/** What a text says, slot by slot; a slot that it is silent on is not there. */
export type Stated = ReadonlyMap<string, string>;

/** Says what texts state, from their words. */
export interface SlotClassifier {
  /** Slots and their values that it can tell apart. */
  readonly slots: readonly { readonly slot: string; readonly values: readonly string[] }[];
  classify(texts: readonly Words[]): Promise<Stated[]>;
}

/** Longer texts are read up to here. */
const LONGEST = 256;

/** A classifier with the programs that it runs. */
export function slotClassifier(
  config: Omit<SlotsConfig, 'measured'>,
  weights: HostTensors,
  device: Device,
): SlotClassifier & { dispose(): Promise<void> } {
  const { slots, vocabulary } = config;
  const size = slotsSize(config);
  const offsets = classOffsets(size.classes);
  const network = textNetwork((all, ids) => ({ logProbs: slotLogProbs(all, ids, size) }), weights, vocabulary, device);

  const read = (logProbs: Float32Array): Stated =>
    new Map(
      slots.flatMap(({ slot, values }, i) => {
        const own = logProbs.subarray(offsets[i], offsets[i]! + values.length + 1);
        const best = own.indexOf(Math.max(...own)); // 0: not stated
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

/** A classifier that holds a device once it was asked. */
export interface StoppableClassifier extends SlotClassifier {
  stop(): Promise<void>;
}

/** The classifier that a folder holds, as `train-judge` writes it. Errors: an InputError where the folder holds none. */
export async function embeddedClassifier(folder: string): Promise<StoppableClassifier> {
  const { config, weights } = await loadSlotsModel(folder);
  let running: Promise<{ device: Device; classifier: SlotClassifier }> | undefined;
  const open = async () => {
    const tensors = await weights();
    const device = await openDevice('onnx-cpu');
    return { device, classifier: slotClassifier(config, tensors, device) };
  };
  return {
    slots: config.slots,
    async classify(texts) {
      running ??= open();
      return (await running).classifier.classify(texts);
    },
    async stop() {
      const used = await running?.catch(() => undefined); // it never opened: nothing to end
      running = undefined;
      await used?.device.dispose();
    },
  };
}
