/** Words back from a word among which an earlier one counts. */
const REACH = 8;

/** What the repetition of a word costs. */
export interface EchoCosts {
  /** For each earlier occurrence, nats. */
  readonly nats: number;
  /** Whether a token is a word of content, which people do not say twice in one breath; other words only count side by side. [V] */
  readonly isContent: readonly boolean[];
}

/** A beginning of a text: its last token, after that of its parent. START has no parent. */
interface Beginning {
  readonly token: number;
  readonly parent: Beginning | undefined;
}

/**
 * Takes the cost of an echo off the scores of the words that a beginning ends in, in place. Models of a few million weights see no harm in "the
 * river near the river", and a search for likely texts finds such loops (Holtzman et al. 2020, "The Curious Case of Neural Text Degeneration").
 *
 * @param scores of the next token, [V] nats
 */
export function dampEchoes(scores: Float32Array, beginning: Beginning, { nats, isContent }: EchoCosts): void {
  let { token, parent } = beginning;
  for (let back = 1; back <= REACH && parent; back++) {
    if (back === 1 || isContent[token]) scores[token]! -= nats;
    ({ token, parent } = parent);
  }
}
