import { offeredOf } from '../lib/decode/next-words.js';
import type { LanguageModel } from '../lib/model/causal/language-model.js';
import type { Vocabulary } from '../lib/text/types.js';

/** A language model whose next tokens follow from a formula: `weightOf` gives how likely a token is after a prefix, up to a factor. */
export function standInModel(
  vocabulary: Vocabulary,
  maxTokens: number,
  weightOf: (next: number, prefix: readonly number[]) => number,
): LanguageModel {
  const never = new Set([vocabulary.pad, vocabulary.start]);
  const after = (prefix: readonly number[], banned: ReadonlySet<number>): Float32Array => {
    const weights = vocabulary.tokens.map((_, id) => (banned.has(id) ? 0 : weightOf(id, prefix)));
    const total = weights.reduce((a, b) => a + b, 0);
    return Float32Array.from(weights, (weight) => Math.log(weight / total));
  };
  return {
    vocabulary,
    maxTokens,
    nextLogProbs: async (prefixes) => prefixes.map((prefix) => after(prefix, never)),
    nats: async (texts) =>
      texts.map((words) => {
        const ids = [...words.map((word) => vocabulary.id(word) ?? vocabulary.unk), vocabulary.end];
        const nats = ids.reduce((sum, id, i) => sum - after(ids.slice(0, i), never)[id]!, 0);
        return { nats, tokens: ids.length };
      }),
    decoder(rows, { unknown = false } = {}) {
      const banned = unknown ? never : new Set([...never, vocabulary.unk]);
      let prefixes: number[][] = Array.from({ length: rows }, () => []);
      return {
        rows,
        async next(tokens) {
          prefixes = tokens.map((token, i) => (token === vocabulary.start ? [] : [...prefixes[i]!, token]));
          return prefixes.map((prefix) => after(prefix, banned));
        },
        dispose: () => undefined,
      };
    },
    beamDecoder(searches, width, { unknown = false, offered } = {}) {
      const banned = unknown ? never : new Set([...never, vocabulary.unk]);
      let prefixes: number[][][] = Array.from({ length: searches }, () => []);
      return {
        searches,
        width,
        async next(beams) {
          prefixes = beams.map((own, s) =>
            own.map(({ token, from }) => (token === vocabulary.start ? [] : [...prefixes[s]![from]!, token])),
          );
          const rows = prefixes.map((own) => own.map((prefix) => after(prefix, banned)));
          return offered ? rows.map((own) => own.map((row) => offeredOf(row, offered))) : rows;
        },
      };
    },
  };
}
