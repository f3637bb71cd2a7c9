import type { Tensor } from '@tensorflow/tfjs-core';
import { type Key, permutation, split, uniform } from '../../base/random.js';
import { tf } from '../../engine/tf.js';
import type { HostTensor, HostTensors } from '../../engine/types.js';
import { causalScores, type CausalSize, thinSites } from '../../model/causal/causal-transformer.js';
import { tokenCrossEntropy } from '../../model/cross-entropy.js';
import type { Vocabulary } from '../../text/types.js';
import { rowOrder } from '../batches.js';
import type { Loss } from '../step.js';

export interface LanguageRows {
  readonly size: CausalSize;
  readonly vocabulary: Vocabulary;
  /** Texts of at most maxTokens - 2 words. */
  readonly rows: readonly (readonly string[])[];
  readonly batchSize: number;
  /** Changes the words of a row, differently for each key. */
  readonly augment?: ((words: readonly string[], key: Key) => readonly string[]) | undefined;
  /** Share of the input tokens that are replaced by PAD. */
  readonly wordDropout: number;
  /** Dropout rate of the embeddings and the residual branches. */
  readonly dropout: number;
}

/** Number of batches whose rows are sorted by length together, so that few positions are PAD. */
const POOL = 8;

/**
 * Returns the batch of a step, which depends on the step alone: `ids` [B, L], the input tokens; `targets` [B, L], the token after
 * each; `counts` [B, L], 1 if the target is a token of the text or its END; `kept`, the dropout factors.
 */
export function languageBatches(set: LanguageRows, key: Key): (step: number) => HostTensors {
  const { size, vocabulary, rows, batchSize, augment } = set;
  const pools = rowOrder(rows.length, POOL * batchSize, split(key, 'rows'));

  function wordsAt(step: number): (readonly string[])[] {
    const pool = Math.floor(step / POOL);
    const byLength = pools(pool).sort((a, b) => rows[a]!.length - rows[b]!.length || a - b);
    const part = permutation(split(key, 'parts', pool), POOL)[step % POOL]!;
    return [...byLength.slice(part * batchSize, (part + 1) * batchSize)].map((row, i) => {
      const words = rows[row]!;
      const changed = augment ? augment(words, split(key, 'augment', step, i)) : words;
      return changed.length <= size.maxTokens - 2 ? changed : words; // a longer name may not fit: keep the words
    });
  }

  return (step) => {
    const texts = wordsAt(step);
    const longest = Math.max(...texts.map((words) => words.length)) + 1; // START before them
    const length = Math.min(size.maxTokens, 8 * Math.ceil(longest / 8));
    const shape = [batchSize, length];
    const ids = new Int32Array(batchSize * length).fill(vocabulary.pad);
    const targets = new Int32Array(batchSize * length).fill(vocabulary.pad);
    const counts = new Float32Array(batchSize * length);
    const hidden = uniform(split(key, 'hidden', step), ids.length);
    texts.forEach((words, i) => {
      const tokens = words.map((word) => vocabulary.id(word) ?? vocabulary.unk);
      const told = tokens.map((id, at) => (hidden[i * length + at]! < set.wordDropout ? vocabulary.pad : id));
      ids.set([vocabulary.start, ...told], i * length);
      targets.set([...tokens, vocabulary.end], i * length);
      counts.fill(1, i * length, i * length + tokens.length + 1);
    });
    return {
      ids: { dtype: 'int32', shape, data: ids },
      targets: { dtype: 'int32', shape, data: targets },
      counts: { dtype: 'float32', shape, data: counts },
      ...(set.dropout > 0 && { kept: keptFactors(set, split(key, 'kept', step)) }),
    };
  };
}

/**
 * Returns dropout factors, 0 or 1 / (1 - dropout), that are the same at all positions of a text (Gal and Ghahramani 2016), which
 * needs few random numbers.
 *
 * @returns [sites, B, 1, W]
 */
function keptFactors({ size, batchSize, dropout }: LanguageRows, key: Key): HostTensor {
  const shape = [thinSites(size), batchSize, 1, size.width];
  const draws = uniform(key, shape.reduce((a, b) => a * b, 1)); // prettier-ignore
  const data = Float32Array.from(draws, (draw) => (draw < dropout ? 0 : 1 / (1 - dropout)));
  return { dtype: 'float32', shape, data };
}

/** Returns the cross-entropy of a batch's next tokens in nats per token. */
export const languageLoss =
  (size: CausalSize): Loss =>
  (weights, { ids, targets, counts, kept }) => {
    const thin = (x: Tensor, site: number): Tensor => tf.mul(x, tf.gather(kept!, site));
    const scores = causalScores(weights, ids!, size, kept && thin); // [B, L, V]
    const nats = tf.sum(tf.mul(tokenCrossEntropy(scores, targets!), counts!));
    return tf.div(nats, tf.sum(counts!));
  };
