import { type Key, uniform, weightedIndex } from '../base/random.js';
import type { ScoredText } from '../evaluate/scored-texts.js';
import { type Condition, keeps, scoreFor } from './conditions.js';
import { blameOf } from './refused-words.js';

/** The best candidate of a target so far that was not accepted. */
interface Best {
  readonly tokens: readonly string[];
  /** For each word, how much of the blame it bears for what judges of controls marked; 0 for all if only fluency fails. */
  readonly blame: readonly number[];
  /** Judges of controls that refuse it. */
  readonly failed: readonly string[];
  readonly shortfall: number;
  /** Positions at which the model found no other word. */
  readonly stuck: Set<number>;
}

/** What a text starts from. */
export interface Draft {
  readonly tokens: readonly string[];
  /** Judges of controls that refuse these words; none if fluency alone fails. */
  readonly failed: readonly string[];
  /** Position, from 0, in the middle of the words that should change. */
  readonly position: number;
  /**
   * For each position, the words that should not stand there: around the middle those of the draft, in the middle also those that stood there
   * in candidates with the same other words.
   */
  readonly except: readonly (readonly string[])[];
  /** For each position, the words of the draft that may stay or go: they are not favoured there. */
  readonly loose: readonly (readonly string[])[];
}

/** How many words change on each side of the drawn one, in turn: one word suffices for some judgements, others take a phrase. */
const NEIGHBOURS = [1, 0];
/** How many words on each side of the drawn one may change if fluency alone fails: a sentence mends around another word. */
const LOOSE = 2;

/**
 * The best refused candidate of each target: the one that misses its conditions by least. Later candidates start from it and change some words, so
 * what is right already stays. Of equally good ones the latest counts, so that texts move on.
 */
export class BestCandidates {
  readonly #best = new Map<number, Best>();
  /** All refused texts since the last accepted one, by target. */
  readonly #seen = new Map<number, (readonly string[])[]>();

  constructor(readonly conditions: readonly Condition[]) {}

  /**
   * Takes a judged text.
   *
   * @param shortfall by how much it misses its conditions; 0 if it was accepted, so that the next text begins anew
   */
  add({ target, draft }: { readonly target: number; readonly draft?: Draft }, text: ScoredText, shortfall: number): void {
    const { tokens } = text.line;
    if (shortfall === 0) {
      this.#best.delete(target);
      this.#seen.delete(target);
      return;
    }
    const seen = this.#seen.get(target);
    if (seen) seen.push(tokens);
    else this.#seen.set(target, [tokens]);
    const best = this.#best.get(target);
    if (best && areEqual(best.tokens, tokens)) {
      if (draft && areEqual(draft.tokens, tokens)) best.stuck.add(draft.position);
    } else if (Number.isFinite(shortfall) && shortfall <= (best?.shortfall ?? Infinity))
      this.#best.set(target, { tokens, ...this.#faults(text), shortfall, stuck: new Set() });
  }

  has(target: number): boolean {
    return this.#best.has(target);
  }

  /** Returns whether a target had this text among its refused ones. */
  isKnown(target: number, tokens: readonly string[]): boolean {
    return this.#seen.get(target)?.some((seen) => areEqual(seen, tokens)) ?? false;
  }

  /**
   * Returns what a target's next texts start from. The words to change are drawn without replacement, the more often the more blame they bear
   * and the fewer words have been tried in their place.
   */
  drafts(target: number, texts: number, key: Key): Draft[] {
    const { tokens, blame: marked, failed, stuck } = this.#best.get(target)!;
    const isUnmarked = !marked.some((part) => part > 0);
    const blame = isUnmarked ? marked.map(() => 1) : marked;
    const tried = tokens.map((_, i) => this.#triedAt(target, i));
    const weights = blame.map((part, i) => (stuck.has(i) ? 0 : part / tried[i]!.length));
    let left = [...weights];
    return Array.from(uniform(key, texts), (random, i): Draft => {
      if (!left.some((weight) => weight > 0)) left = weights.some((weight) => weight > 0) ? [...weights] : [...blame];
      const position = weightedIndex(left, random);
      left[position] = 0;
      const reach = isUnmarked ? 0 : NEIGHBOURS[i % NEIGHBOURS.length]!;
      const around = (word: string, at: number, most: number): string[] =>
        at !== position && Math.abs(at - position) <= most ? [word] : [];
      return {
        tokens,
        failed,
        position,
        except: tokens.map((word, at) => (at === position ? tried[at]! : around(word, at, reach))),
        loose: tokens.map((word, at) => (isUnmarked ? around(word, at, LOOSE) : [])),
      };
    });
  }

  /** Returns the words at a position of the best text and of those that differ from it there alone. */
  #triedAt(target: number, position: number): string[] {
    const { tokens } = this.#best.get(target)!;
    const alike = this.#seen.get(target)!.filter((seen) => areEqual(seen, tokens, position));
    return [...new Set([tokens, ...alike].map((words) => words[position]!))].sort();
  }

  /** Returns the judges of controls that refuse a text, and the blame that each word bears for what they marked. */
  #faults({ line: { tokens }, scores }: ScoredText): Pick<Best, 'failed' | 'blame'> {
    const blame = Array<number>(tokens.length).fill(0);
    const failed: string[] = [];
    for (const condition of this.conditions) {
      const score = scoreFor(condition, scores);
      if (condition.kind === 'fluency' || score === undefined || keeps(condition, score)) continue;
      failed.push(condition.judge);
      blameOf(scores.guides[condition.judge]?.marks ?? [], tokens.length).forEach((part, i) => (blame[i]! += part));
    }
    return { failed, blame };
  }
}

/** Returns whether a target had a text among its refused ones. */
export type IsKnown = BestCandidates['isKnown'];

/** Returns whether two texts are the same, but for the word at one position if it is given. */
const areEqual = (a: readonly string[], b: readonly string[], except = -1): boolean =>
  a.length === b.length && a.every((word, i) => i === except || word === b[i]);
