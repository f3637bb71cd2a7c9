import { fromUnary, type Lattice, latticeOf, overSequences } from '../automaton/index.js';
import { Interrupted } from '../base/errors.js';
import { type Key, split, uniform } from '../base/random.js';
import type { BeamDecoder } from '../model/causal/language-model.js';
import type { Vocabulary } from '../text/types.js';
import { acceptanceDistances, shareBeams } from './beam-banks.js';
import { dampEchoes, type EchoCosts } from './echoes.js';
import { perturbed } from './gumbel.js';
import { gainToExceed, type LeastGains, leastWith, NO_GAINS } from './least-gains.js';
import { normalised } from './next-words.js';

/** The constraint on the texts of a search. */
export interface SearchSpace {
  /** Accepts the allowed token sequences. */
  readonly lattice: Lattice;
  /** Log-factors of the tokens, [L, V]: -Infinity forbids a token, a finite value of at most 0 adds to the score. */
  readonly factors: Float32Array;
}

/** A search: the constraint on its texts, and how many of them are wanted. */
export interface Search extends SearchSpace {
  readonly wanted: number;
  /** If given, texts are drawn without replacement; otherwise the search returns the most likely ones. */
  readonly key?: Key | undefined;
  /** Scores that the factors of the tokens have and that are no part of their gains, [V] nats. Default: none. */
  readonly apart?: Float32Array | undefined;
  /** Beginnings whose least gains sum to no more than this are given up, nats. Default: none are. */
  readonly above?: number | undefined;
}

export interface BeamOptions {
  /** Prefixes that a search keeps at each position. */
  readonly width: number;
  /** Returns the scores of the next tokens, [V] of at most 0 nats, from the model's log-probabilities, which it may change. */
  scoresOf(logProbs: Float32Array): Float32Array;
  /** What a word costs that a beginning has just had. Default: nothing. */
  readonly echoes?: EchoCosts | undefined;
}

export interface SearchHooks {
  /** Called repeatedly with the share of the work done, from 0 to 1. */
  onShare?(share: number): void;
  readonly signal?: AbortSignal | undefined;
}

export interface FoundText {
  /** Token ids, [L]. */
  readonly ids: Int32Array;
  /** Sum of the scores and factors of its tokens and END, nats. */
  readonly score: number;
  /** Score and factor of each token after START, END last, nats; without what is `apart`. */
  readonly gains: readonly number[];
}

interface Beam {
  /** The beam that it extends by a token; undefined for START alone. */
  readonly parent: OpenBeam | undefined;
  readonly token: number;
  /** The state of the automaton after the token. */
  readonly state: number;
  readonly score: number;
  /** Score by which beams are ranked: `score`, with Gumbel noise if texts are drawn. */
  readonly rank: number;
  /** Index of the parent among the beams of its step. */
  readonly from: number;
  /** Score of its token without what is apart, nats. */
  readonly gain: number;
}

/** A beam that is to be extended. */
interface OpenBeam extends Beam {
  readonly least: LeastGains;
}

/** Lower bound of the model's log-probabilities, nats: every allowed token keeps a chance. */
const LEAST = -100;

/** Returns scores for texts as likely as they are under a model at a temperature. */
export const tempered =
  (temperature: number): BeamOptions['scoresOf'] =>
  (logProbs) =>
    normalised(logProbs.map((value) => value / temperature)).map((value) => Math.max(value, LEAST));

/** How surprisals become costs. */
export interface Costs {
  /** A token of surprisal s costs s² / pivot, nats, so that one unlikely token costs more than several that are fairly likely. Default: s. */
  readonly pivot?: number | undefined;
  /** Taken off the surprisal of each token, [V] nats; none falls below 0. Default: nothing is. */
  readonly allowances?: Float32Array | undefined;
}

/** Returns scores that are minus the costs of the tokens times a weight, in place: this runs for every beam at every position. */
export function weighted(weight: number, { pivot, allowances }: Costs = {}): BeamOptions['scoresOf'] {
  const scale = pivot === undefined ? weight : weight / pivot;
  return (logProbs) => {
    for (let v = 0; v < logProbs.length; v++) {
      const given = logProbs[v]! > LEAST ? logProbs[v]! : LEAST;
      const logProb = Math.min(0, allowances ? given + allowances[v]! : given);
      logProbs[v] = scale * (pivot === undefined ? logProb : -logProb * logProb);
    }
    return logProbs;
  };
}

/**
 * Returns a constraint as a search needs it. It always has an automaton, even if the guides only allow and forbid tokens at positions. It
 * excludes the empty text if any other is allowed: being short, that text is often the most likely (Stahlberg and Byrne 2019, arXiv 1908.10090).
 *
 * @throws RangeError if it allows no text
 */
export function searchSpace(
  { factors, lattice }: { readonly factors: Float32Array; readonly lattice?: Lattice | undefined },
  vocabulary: Vocabulary,
): SearchSpace {
  const automaton = lattice?.automaton ?? overSequences(fromUnary(factors, vocabulary), vocabulary);
  const wordy = factors.slice();
  wordy[vocabulary.size + vocabulary.end] = -Infinity; // at the position of the first word
  const found = latticeOf(automaton, wordy);
  return found.isEmpty ? { factors, lattice: latticeOf(automaton, factors) } : { factors: wordy, lattice: found };
}

/**
 * Runs beam search over a language model and an automaton at once. A beam is a prefix and the state that it leads to. Only states from which
 * the sequence can still be accepted survive, so the constraint allows every text found. Beams are divided among the distances from acceptance
 * (Post and Vilar 2018, arXiv 1804.06609); otherwise the search would put off required words to the last position that can hold them.
 * With a key, beams are ranked by scores with top-down Gumbel noise, which draws texts without replacement (Kool et al. 2019,
 * arXiv 1903.06059). When a search is done, the next one takes its place in the decoder.
 *
 * @param decoder a model over the same vocabulary, with room for `width` beams per search
 * @returns the texts of each search, best first; fewer than wanted if fewer are found, and none if all beginnings were given up
 * @throws Interrupted if `signal` aborts
 * @throws RangeError if a lattice accepts nothing
 */
export async function beamSearch(
  decoder: BeamDecoder,
  vocabulary: Vocabulary,
  searches: readonly Search[],
  options: BeamOptions,
  { onShare, signal }: SearchHooks = {},
): Promise<FoundText[][]> {
  const found = Array<FoundText[]>(searches.length);
  const waiting = longestFirst(searches);
  const slots = Array<{ index: number; search: RunningSearch } | undefined>(decoder.searches).fill(undefined);
  for (let done = 0; done < searches.length;) {
    if (signal?.aborted) throw new Interrupted(`stopped after ${done} of ${searches.length} searches`);
    slots.forEach((running, slot) => {
      const next = running ? undefined : waiting.shift();
      if (next) slots[slot] = { index: next.index, search: startSearch(next, options, vocabulary) };
    });
    const logProbs = await decoder.next(slots.map((running) => running?.search.open() ?? []));
    slots.forEach((running, slot) => {
      if (!running) return;
      running.search.advance(logProbs[slot]!);
      if (running.search.open().length > 0) return;
      found[running.index] = running.search.texts();
      slots[slot] = undefined;
      done++;
    });
    onShare?.(done / searches.length);
  }
  return found;
}

interface WaitingSearch {
  readonly index: number;
  readonly search: Search;
  /** Fewest tokens from each state of its automaton to acceptance, [states]. */
  readonly distances: Float64Array;
}

/** Returns searches, those of the longest texts first: so that no long one is left alone at the end. */
function longestFirst(searches: readonly Search[]): WaitingSearch[] {
  const waiting = searches.map((search, index) => ({ index, search, distances: acceptanceDistances(search.lattice.automaton) }));
  const lengthOf = ({ search, distances }: WaitingSearch) => distances[search.lattice.automaton.start]!;
  return waiting.sort((a, b) => lengthOf(b) - lengthOf(a));
}

interface RunningSearch {
  open(): readonly Beam[];
  /** Extends the open beams by a token. @param logProbs log-probabilities of the next token for each of them, [V] each */
  advance(logProbs: readonly Float32Array[]): void;
  texts(): FoundText[];
}

function startSearch(
  { search, distances }: WaitingSearch,
  { width, scoresOf, echoes }: BeamOptions,
  vocabulary: Vocabulary,
): RunningSearch {
  const { lattice, wanted } = search;
  if (lattice.isEmpty) throw new RangeError('the automaton accepts no text that the factors allow');
  const { automaton, positions } = lattice;
  const { start, end, pad } = vocabulary;
  const children = extender(search, Math.max(width, wanted));
  const begun = automaton.next[automaton.start * automaton.classes + automaton.classOf[start]!]!;
  let open: readonly OpenBeam[] = [
    { parent: undefined, token: start, state: begun, score: 0, rank: 0, from: 0, gain: 0, least: NO_GAINS },
  ];
  let finished: readonly Beam[] = [];
  let position = 0;
  return {
    open: () => open,
    advance(logProbs) {
      position++;
      const scores = logProbs.map(scoresOf);
      if (echoes) open.forEach((beam, i) => dampEchoes(scores[i]!, beam, echoes));
      const next = children(open, position, scores);
      finished = best([...finished, ...next.filter(({ token }) => token === end)], wanted);
      const reached = finished.length < wanted ? -Infinity : finished.at(-1)!.rank;
      const hopeful = next.filter(({ token, rank }) => token !== end && rank > reached); // ranks only fall
      const kept = position + 1 < positions ? shareBeams(hopeful, width, ({ state }) => distances[state]!) : [];
      open = kept.map((beam) => ({ ...beam, least: leastWith(beam.parent!.least, beam.gain) }));
    },
    texts: () =>
      finished.map((last) => {
        const beams = lineOf(last);
        const ids = new Int32Array(positions).fill(pad);
        ids.set([start, ...beams.map(({ token }) => token)]);
        return { ids, score: last.score, gains: beams.map(({ gain }) => gain) };
      }),
  };
}

/** Returns the beams that led to a beam, itself last; without START. */
function lineOf(last: Beam): Beam[] {
  const line: Beam[] = [];
  for (let beam = last; beam.parent; beam = beam.parent) line.unshift(beam);
  return line;
}

/** Returns the extensions of beams by one token: the `count` best for each state that is alive after the position. */
type Extender = (beams: readonly OpenBeam[], position: number, scores: readonly Float32Array[]) => Beam[];

function extender({ lattice, factors, key, apart, above = -Infinity }: Search, count: number): Extender {
  const { classOf, classes, next, states } = lattice.automaton;
  const size = classOf.length;
  return (beams, position, scores) => {
    const worst = new Float64Array(states).fill(Infinity); // rank that a token must exceed, by state
    for (const state of lattice.alive[position + 1]!) worst[state] = -Infinity;
    const own = factors.subarray(position * size, (position + 1) * size);
    const byState = new Map<number, Beam[]>();
    beams.forEach((parent, from) => {
      const given = scores[from]!;
      const noisy = key && perturbed(given.map((value) => parent.score + value), parent.rank, draws(key, position, parent, size)); // prettier-ignore
      const [before, row, hopeless] = [parent.score, parent.state * classes, gainToExceed(parent.least, above)];
      for (let token = 0; token < size; token++) {
        const change = given[token]! + own[token]!; // -Infinity if the token is forbidden
        const gain = apart ? change - apart[token]! : change;
        if (gain <= hopeless) continue;
        const score = before + change;
        const rank = noisy ? noisy[token]! + own[token]! : score;
        const state = next[row + classOf[token]!]!;
        if (state < 0 || rank <= worst[state]!) continue;
        if (!byState.has(state)) byState.set(state, []);
        const kept = insert(byState.get(state)!, { parent, token, state, score, rank, from, gain }, count);
        if (kept.length === count) worst[state] = kept.at(-1)!.rank;
      }
    });
    return [...byState.values()].flat();
  };
}

/** Inserts a beam into a list by falling rank, after those of the same rank, and drops the last one if there are more than `count`. */
function insert(list: Beam[], beam: Beam, count: number): Beam[] {
  if (list.length < count) list.push(beam);
  let at = list.length - 1;
  for (; at > 0 && list[at - 1]!.rank < beam.rank; at--) list[at] = list[at - 1]!;
  list[at] = beam;
  return list;
}

const draws = (key: Key, position: number, beam: Beam, size: number): Float64Array =>
  uniform(split(key, position, lineOf(beam).map(({ token }) => token).join()), size); // prettier-ignore

const best = (beams: readonly Beam[], count: number): Beam[] => [...beams].sort((a, b) => b.rank - a.rank).slice(0, count);
