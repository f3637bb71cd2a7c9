import { openLanguageModel } from '../model/causal/language-model-checkpoint.js';
import {
  type Network,
  openCheckpoint,
  type OpenCheckpoint,
  type OpenNetwork,
  withWeights,
} from '../model/checkpoint/checkpoint.js';
import { nextToModel } from '../plan/make-guides.js';
import type { ModelSource } from '../plan/prepare.js';

/** Returns a source that reads each model once, so that all runs share one copy of its weights. A model that cannot be read is tried again. */
export function rememberedModels(): ModelSource {
  const checkpoint = remembered(openCheckpoint);
  const trained = new WeakMap<OpenCheckpoint, ReturnType<typeof nextToModel>>();
  const weights = remembered(async (folder: string) => (await withWeights({ folder } as OpenNetwork)).weights);
  return {
    checkpoint,
    languageModel: remembered(openLanguageModel),
    withWeights: async <N extends OpenNetwork>(network: N): Promise<N & Network> => ({
      ...network,
      weights: await weights(network.folder),
    }),
    trainedFor(of) {
      if (!trained.has(of)) trained.set(of, nextToModel(of));
      return trained.get(of)!;
    },
  };
}

/** Returns a function that remembers its results by their key, except for failures. */
function remembered<T>(read: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (key) => {
    const found = known.get(key) ?? read(key);
    known.set(key, found);
    found.catch(() => known.delete(key));
    return found;
  };
}
