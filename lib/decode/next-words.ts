import type {
  BeamDecoder,
  BeamToken,
  Decoder,
  DecoderOptions,
  LanguageModel,
  OfferedWords,
} from '../model/causal/language-model.js';
import type { Vocabulary } from '../text/types.js';

/** The part of a language model that writes texts. */
export type NextWords = Pick<LanguageModel, 'vocabulary' | 'maxTokens' | 'decoder' | 'beamDecoder'>;

export interface SpeakingOptions {
  /**
   * Whether words that the model lacks share the probability of its UNK equally. By default their probability is 0.
   */
  readonly unknown?: boolean;
}

/**
 * Adapts a language model to another vocabulary, so that all methods write with the same words. Words that only the model has get
 * probability 0, as do START, PAD and UNK; the rest is normalised.
 */
export function speaking(model: NextWords, vocabulary: Vocabulary, { unknown = false }: SpeakingOptions = {}): NextWords {
  const { vocabulary: theirs } = model;
  const own = ownIds(theirs, vocabulary);
  const never = new Set([vocabulary.start, vocabulary.pad, vocabulary.unk]);
  const lacking = own.filter((id, v) => id < 0 && !never.has(v)).length;
  const ids = own.map((id, v) => (never.has(v) ? -1 : id < 0 && unknown ? theirs.unk : id));
  const shares = Float32Array.from(own, (id) => (id < 0 ? -Math.log(lacking) : 0)); // of UNK, if that follows
  const offered: OfferedWords = { ids, shares };
  const known = (id: number): number => (own[id]! < 0 ? theirs.unk : own[id]!); // a text may have a word that the model lacks
  const options: DecoderOptions = { unknown };
  return {
    vocabulary,
    maxTokens: model.maxTokens,
    decoder(rows): Decoder {
      const decoder = model.decoder(rows, options);
      return {
        rows,
        next: async (tokens) => (await decoder.next(tokens.map(known))).map((logProbs) => offeredOf(logProbs, offered)),
        dispose: () => decoder.dispose(),
      };
    },
    beamDecoder(searches, width): BeamDecoder {
      const decoder = model.beamDecoder(searches, width, { ...options, offered });
      const theirsOf = (beams: readonly BeamToken[]) => beams.map(({ token, from }) => ({ token: known(token), from }));
      return { searches, width, next: (beams) => decoder.next(beams.map(theirsOf)) };
    },
  };
}

/** Returns the log-probabilities of offered words, [V'], from those of a model's tokens, [V]. */
export function offeredOf(logProbs: Float32Array, { ids, shares }: OfferedWords): Float32Array {
  const out = new Float32Array(ids.length).fill(-Infinity);
  for (let v = 0; v < ids.length; v++) if (ids[v]! >= 0) out[v] = logProbs[ids[v]!]! + shares[v]!;
  return normalised(out);
}

/** Returns the id of each token of a vocabulary in that of a model, [V]; -1 for words that the model lacks. */
function ownIds(theirs: Vocabulary, vocabulary: Vocabulary): Int32Array {
  const special = new Map([
    [vocabulary.start, theirs.start],
    [vocabulary.end, theirs.end],
    [vocabulary.pad, theirs.pad],
    [vocabulary.unk, theirs.unk],
  ]);
  return Int32Array.from({ length: vocabulary.size }, (_, id) => special.get(id) ?? theirs.id(vocabulary.tokens[id]!) ?? -1);
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
