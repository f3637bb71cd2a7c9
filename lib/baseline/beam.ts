import type { Lattice } from '../automaton/index.js';
import { Interrupted } from '../base/errors.js';
import { type Key, split, uniform } from '../base/random.js';
import type { Decoder } from '../model/causal/language-model.js';
import type { Vocabulary } from '../text/types.js';
import { acceptanceDistances, shareBeams } from './beam-banks.js';
import { perturbed } from './gumbel.js';
import { normalised } from './next-words.js';
import type { WritingHooks } from './sample-texts.js';

/** A search: the constraint on its texts, and how many of them are wanted. */
export interface Search {
  /** Accepts the allowed token sequences. */
  readonly lattice: Lattice;
  /** Log-factors of the tokens, [L, V]: -Infinity forbids a token, a finite value of at most 0 adds to the score. */
  readonly factors: Float32Array;
  readonly wanted: number;
  /** If given, texts are drawn without replacement; otherwise the search returns the most likely ones. */
  readonly key?: Key | undefined;
}

export interface BeamOptions {
  /** Prefixes that a search keeps at each position. */
  readonly width: number;
  /** Divides the model's log-probabilities. */
  readonly temperature: number;
}

export interface FoundText {
  /** Token ids, [L]. */
  readonly ids: Int32Array;
  /** ln p of its tokens and END at the temperature, plus the factors, nats. */
  readonly logProb: number;
}

interface Beam {
  readonly prefix: readonly number[];
  /** The state of the automaton after the prefix. */
  readonly state: number;
  readonly logProb: number;
  /** Score by which beams are ranked: `logProb`, with Gumbel noise if texts are drawn. */
  readonly rank: number;
  /** Decoder row that holds the prefix without its last token. */
  readonly row: number;
}

/** Lower bound of the model's log-probabilities, nats: every allowed token keeps a chance. */
const LEAST = -100;

/**
 * Runs beam search over a language model and an automaton at once. A beam is a prefix and the state that it leads to. Only states from which
 * the sequence can still be accepted survive, so the constraint allows every text found. Beams are divided among the distances from acceptance
 * (Post and Vilar 2018, arXiv 1804.06609); otherwise the search would put off required words to the last position that can hold them.
 * With a key, beams are ranked by log-probabilities with top-down Gumbel noise, which draws texts without replacement (Kool et al. 2019,
 * arXiv 1903.06059).
 *
 * @param decoder a model over the same vocabulary, with a row for each beam of each search
 * @returns the texts of each search, best first; fewer than wanted if fewer are found
 * @throws Interrupted if `signal` aborts
 * @throws RangeError if a lattice accepts nothing
 */
export async function beamSearch(
  decoder: Decoder,
  vocabulary: Vocabulary,
  searches: readonly Search[],
  options: BeamOptions,
  { onShare, signal }: WritingHooks = {},
): Promise<FoundText[][]> {
  const running = searches.map((search) => startSearch(search, options, vocabulary));
  const positions = searches[0]?.lattice.positions ?? 0;
  const rows = Array.from({ length: decoder.rows }, (_, row) => row);
  for (let position = 1; position < positions; position++) {
    if (signal?.aborted) throw new Interrupted(`stopped before word ${position} of a search`);
    const open = running.map((search) => search.open());
    const beams = open.flat();
    if (beams.length === 0) break;
    const tokens = rows.map((row) => beams[row]?.prefix.at(-1) ?? vocabulary.start); // START for rows without a beam
    const logProbs = await decoder.next(
      tokens,
      rows.map((row) => beams[row]?.row ?? 0),
    );
    let at = 0;
    for (const [i, own] of open.entries()) {
      running[i]!.advance(position, at, logProbs);
      at += own.length;
    }
    onShare?.(position / (positions - 1));
  }
  return running.map(({ texts }) => texts());
}

interface RunningSearch {
  open(): readonly Beam[];
  /**
   * Extends the open beams by the token at `position`.
   *
   * @param first decoder row of the first open beam; the others follow
   * @param logProbs log-probabilities of the next token for each row, [V] each
   */
  advance(position: number, first: number, logProbs: readonly Float32Array[]): void;
  texts(): FoundText[];
}

function startSearch(search: Search, { width, temperature }: BeamOptions, vocabulary: Vocabulary): RunningSearch {
  const { lattice, wanted } = search;
  if (lattice.isEmpty) throw new RangeError('the automaton accepts no text that the factors allow');
  const { automaton, positions } = lattice;
  const distances = acceptanceDistances(automaton);
  const begun = automaton.next[automaton.start * automaton.classes + automaton.classOf[vocabulary.start]!]!;
  let open: readonly Beam[] = [{ prefix: [], state: begun, logProb: 0, rank: 0, row: 0 }];
  let finished: readonly Beam[] = [];
  const isFinished = ({ prefix }: Beam) => prefix.at(-1) === vocabulary.end;
  return {
    open: () => open,
    advance(position, first, logProbs) {
      const here = open.map((beam, i) => ({ ...beam, row: first + i }));
      const next = here.flatMap((beam) => children(search, beam, position, tempered(logProbs[beam.row]!, temperature), width));
      finished = best([...finished, ...next.filter(isFinished)], wanted);
      const reached = finished.length < wanted ? -Infinity : finished.at(-1)!.rank;
      const hopeful = next.filter((beam) => !isFinished(beam) && beam.rank > reached); // ranks only fall
      open = shareBeams(hopeful, width, ({ state }) => distances[state]!);
    },
    texts: () =>
      finished.map(({ prefix, logProb }) => {
        const ids = new Int32Array(positions).fill(vocabulary.pad);
        ids.set([vocabulary.start, ...prefix]);
        return { ids, logProb };
      }),
  };
}

/** Returns the extensions of a beam by one token: the `width` best for each state that is alive after the position. */
function children(
  { lattice, factors, key }: Search,
  beam: Beam,
  position: number,
  logProbs: Float32Array,
  width: number,
): Beam[] {
  const { classOf, classes, next, states } = lattice.automaton;
  const size = classOf.length;
  const survives = new Uint8Array(states);
  for (const state of lattice.alive[position + 1]!) survives[state] = 1;
  const total = logProbs.map((value) => beam.logProb + value);
  const ranks = key ? perturbed(total, beam.rank, uniform(split(key, position, beam.prefix.join()), size)) : total.slice();
  const byState = new Map<number, number[]>(); // tokens
  for (let id = 0; id < size; id++) {
    const factor = factors[position * size + id]!;
    const state = next[beam.state * classes + classOf[id]!]!;
    if (factor === -Infinity || state < 0 || survives[state] === 0) continue;
    ranks[id]! += factor;
    total[id]! += factor;
    const siblings = byState.get(state);
    if (siblings) siblings.push(id);
    else byState.set(state, [id]);
  }
  return [...byState].flatMap(([state, ids]) =>
    ids
      .sort((p, q) => ranks[q]! - ranks[p]!)
      .slice(0, width)
      .map((id) => ({ ...beam, prefix: [...beam.prefix, id], state, logProb: total[id]!, rank: ranks[id]! })),
  );
}

const tempered = (logProbs: Float32Array, temperature: number): Float32Array =>
  normalised(logProbs.map((value) => value / temperature)).map((value) => Math.max(value, LEAST));

const best = (beams: readonly Beam[], count: number): Beam[] => [...beams].sort((a, b) => b.rank - a.rank).slice(0, count);
