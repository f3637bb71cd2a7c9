import type { Decoder, LanguageModel } from '../model/causal/language-model.js';
import type { Vocabulary } from '../text/types.js';

/** The part of a language model that a baseline needs. */
export type NextWords = Pick<LanguageModel, 'vocabulary' | 'maxTokens' | 'decoder'>;

/**
 * Adapts a language model to another vocabulary, so that all methods write with the same words. Words that one of the two lacks get probability 0,
 * as do START, PAD and UNK; the rest is normalised.
 */
export function speaking(model: NextWords, vocabulary: Vocabulary): NextWords {
  const { vocabulary: theirs } = model;
  const special = new Map([
    [vocabulary.start, theirs.start],
    [vocabulary.end, theirs.end],
    [vocabulary.pad, theirs.pad],
    [vocabulary.unk, theirs.unk],
  ]);
  const own = Int32Array.from({ length: vocabulary.size }, (_, id) => special.get(id) ?? theirs.id(vocabulary.tokens[id]!) ?? -1);
  const follows = own.map((id, v) => (v !== vocabulary.end && special.has(v) ? -1 : id));
  const translated = (logProbs: Float32Array) =>
    normalised(Float32Array.from(follows, (id) => (id < 0 ? -Infinity : logProbs[id]!)));
  return {
    vocabulary,
    maxTokens: model.maxTokens,
    decoder(rows): Decoder {
      const decoder = model.decoder(rows);
      const known = (id: number) => (own[id]! < 0 ? theirs.unk : own[id]!); // a constraint may ask for a word that the model lacks
      return {
        rows,
        next: async (tokens, from) => (await decoder.next(tokens.map(known), from)).map(translated),
        dispose: () => decoder.dispose(),
      };
    },
  };
}

/** Shifts log-probabilities in place so that the probabilities add up to 1. */
export function normalised(logProbs: Float32Array): Float32Array {
  let largest = -Infinity;
  for (const value of logProbs) if (value > largest) largest = value;
  let sum = 0;
  for (const value of logProbs) sum += Math.exp(value - largest);
  const total = largest + Math.log(sum);
  for (let i = 0; i < logProbs.length; i++) logProbs[i]! -= total;
  return logProbs;
}
