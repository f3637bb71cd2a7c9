import { openDevice } from '../../engine/devices/open.js';
import type { Device } from '../../engine/types.js';
import { loadParserModel } from '../../model/judging/index.js';
import { chartParser, type ChartParser } from './chart-parser.js';
import type { StoppableParser } from './parser.js';

/**
 * Loads the parser that `train-judge` wrote to a folder. It always runs on the CPU by onnxruntime, so that a text has one parse; its network
 * starts with the first text.
 *
 * @param threads CPU threads of the network. Default: as `openDevice`
 * @throws InputError if the folder holds no parser
 */
export async function loadShippedParser(folder: string, threads?: number): Promise<StoppableParser> {
  const { config, weights } = await loadParserModel(folder);
  const { f1, on } = config.measured;
  let running: Promise<{ device: Device; parser: ChartParser }> | undefined;
  const open = async () => {
    const tensors = await weights();
    const device = await openDevice('onnx-cpu', { threads });
    return { device, parser: chartParser(config, tensors, device) };
  };
  return {
    name: `embedded parser (F1 ${(100 * f1).toFixed(1)} % on ${on})`,
    async parse(texts) {
      running ??= open();
      return (await running).parser.parse(texts);
    },
    async stop() {
      const used = await running?.catch(() => undefined); // it never started: nothing to stop
      running = undefined;
      await used?.device.dispose();
    },
  };
}
