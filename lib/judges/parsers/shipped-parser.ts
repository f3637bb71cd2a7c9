import { loadParserModel } from '../../model/judging/index.js';
import { networkOnDemand } from '../network-on-demand.js';
import { chartParser } from './chart-parser.js';
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
  const network = networkOnDemand(weights, (tensors, device) => chartParser(config, tensors, device), threads);
  return {
    name: `embedded parser (F1 ${(100 * f1).toFixed(1)} % on ${on})`,
    parse: async (texts) => (await network.started()).parse(texts),
    stop: () => network.stop(),
  };
}
