import { InputError, type Problem } from '../../base/errors.js';
import { specsOf } from '../../engine/scope.js';
import type { Device, HostTensor, HostTensors } from '../../engine/types.js';
import type { Vocabulary } from '../../text/types.js';
import { beamDecoder } from './beam-decoder.js';
import { cachedDecoder } from './cached-decoder.js';
import { causalGraphs } from './causal-graphs.js';
import type { CausalSize } from './causal-transformer.js';
import { integers, rowsOf } from './host-rows.js';
import type { LanguageModel } from './language-model.js';
import { type Window, windowsOf } from './reading-windows.js';
import { tokenBatches } from './token-batches.js';

export type { Cost, Decoder, DecoderOptions, LanguageModel } from './language-model.js';

/** Builds a language model from a trained causal transformer. Its programs belong to the device and are freed with it. */
export function autoregressive(device: Device, size: CausalSize, vocabulary: Vocabulary, weights: HostTensors): LanguageModel {
  const { maxTokens } = size;
  const { start } = vocabulary;
  const graphs = causalGraphs(size, vocabulary);
  return {
    vocabulary,
    maxTokens,

    async nextLogProbs(prefixes) {
      checkPrefixes(prefixes, size);
      const rows = prefixes.map((prefix) => [start, ...prefix]);
      const out = Array<Float32Array>(rows.length);
      for (const batch of tokenBatches(rows, vocabulary.pad, maxTokens)) {
        const last = integers(batch.ids.shape[0]!, (i) => (rows[batch.rows[i]!]?.length ?? 1) - 1);
        const feeds = { ids: batch.ids, last };
        const program = await device.compile(graphs.next, specsOf(feeds), weights);
        const logProbs = rowsOf((await program.run(feeds))['logProbs']!);
        batch.rows.forEach((row, i) => (out[row] = logProbs[i]!));
      }
      return out;
    },

    async nats(texts) {
      const costs = texts.map((text) => ({ nats: 0, tokens: text.length + 1 }));
      const windows = texts.flatMap((text, i) => windowsOf(start, idsOf(text, vocabulary), maxTokens).map(ofText(i)));
      const rows = windows.map(({ ids }) => ids);
      for (const batch of tokenBatches(rows, vocabulary.pad, maxTokens)) {
        const counted = batch.rows.map((row) => windows[row]!);
        const feeds = { ids: batch.ids, counts: countsOf(batch.ids, counted) };
        const program = await device.compile(graphs.cost, specsOf(feeds), weights);
        const { nats } = await program.run(feeds);
        counted.forEach(({ text }, i) => (costs[text]!.nats += nats!.data[i]!));
      }
      return costs;
    },

    decoder: (rows, { unknown = false } = {}) =>
      cachedDecoder({ device, size, start, weights, rows, step: graphs.step(unknown) }),
    beamDecoder: (searches, width, { unknown = false, offered } = {}) =>
      beamDecoder({ device, size, start, weights, searches, width, step: graphs.beamStep(unknown, offered) }),
  };
}

const ofText = (text: number) => (window: Window) => ({ ...window, text });

/** Returns the ids of a text's words and END. */
const idsOf = (words: readonly string[], { unk, end, id }: Vocabulary): number[] => [
  ...words.map((word) => id(word) ?? unk),
  end,
];

/** Checks prefixes. @throws InputError that names every prefix with no room for another token */
function checkPrefixes(prefixes: readonly (readonly number[])[], { maxTokens, vocabularySize }: CausalSize): void {
  const problems = prefixes.flatMap((prefix, i): Problem[] => {
    if (prefix.length > maxTokens - 1)
      return [{ path: `/${i}`, message: `expected at most ${maxTokens - 1} tokens after START, got ${prefix.length}` }];
    const wrong = prefix.find((id) => !(Number.isInteger(id) && id >= 0 && id < vocabularySize));
    return wrong === undefined ? [] : [{ path: `/${i}`, message: `expected token ids below ${vocabularySize}, got ${wrong}` }];
  });
  if (problems.length > 0) throw new InputError('prefixes', problems);
}

/** Returns 1 at the positions of each row whose next token counts, else 0. @returns [B, L - 1] */
function countsOf({ shape }: HostTensor, windows: readonly Window[]): HostTensor {
  const [rows, positions] = [shape[0]!, shape[1]! - 1];
  const data = new Float32Array(rows * positions);
  windows.forEach(({ ids, from }, i) => data.fill(1, i * positions + from, i * positions + ids.length - 1));
  return { dtype: 'float32', shape: [rows, positions], data };
}
