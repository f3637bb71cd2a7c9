import type { Lattice } from '../automaton/index.js';
import { Interrupted } from '../base/errors.js';
import { split, uniform, type Key } from '../base/random.js';
import type { Decoder } from '../model/causal/language-model.js';
import type { Vocabulary } from '../text/types.js';
import { acceptanceDistances, shareBeams } from './beam-banks.js';
import { perturbed } from './gumbel.js';
import { normalised } from './next-words.js';
import type { WritingHooks } from './sample-texts.js';

/** One search: what its texts obey, and how many of them are wanted. */
export interface Search {
  /** Accepts the canvases that are allowed. */
  readonly lattice: Lattice;
  /** Log-factors on the tokens, [L, V]: -Infinity forbids, what is finite and at most 0 adds to the score. */
  readonly factors: Float32Array;
  readonly wanted: number;
  /** Where it is given, texts are drawn without replacement instead of the likeliest being looked for. */
  readonly key?: Key | undefined;
}

export interface BeamOptions {
  /** Prefixes that a search keeps at each place. */
  readonly width: number;
  /** Divides the log-probabilities of the model. */
  readonly temperature: number;
}

export interface FoundText {
  /** The canvas, [L]. */
  readonly ids: Int32Array;
  /** ln p of its tokens and END at the temperature, with the factors, nats. */
  readonly logProb: number;
}

interface Beam {
  readonly prefix: readonly number[];
  /** Of the automaton. */
  readonly state: number;
  readonly logProb: number;
  /** What beams are ranked by: `logProb`, or that perturbed. */
  readonly rank: number;
  /** The decoder's row that holds the prefix without its last token. */
  readonly row: number;
}

/** What is allowed has a chance, whatever the model says of it, nats. */
const LEAST = -100;

/**
 * Beam search over a language model and an automaton at once: a beam is a prefix and the state that it leads to, and only states from which the
 * canvas can still be accepted go on, so that every text found is one that the constraint allows. Beams are shared out among those that are the
 * same number of words away from acceptance (Post and Vilar 2018, arXiv 1804.06609), or what is asked for would be put off to the last place
 * that holds it.
 * With a key, beams are ranked by log-probabilities with Gumbel noise, top down, which draws texts without replacement (Kool et al. 2019,
 * arXiv 1903.06059).
 * Errors: Interrupted; a RangeError for a lattice that accepts nothing.
 *
 * @param decoder of a model in the vocabulary of the canvases, with a row for each beam of each search
 * @returns of each search its texts, the best first; fewer than wanted where fewer are found
 */
export async function beamSearch(
  decoder: Decoder,
  vocabulary: Vocabulary,
  searches: readonly Search[],
  options: BeamOptions,
  { onShare, signal }: WritingHooks = {},
): Promise<FoundText[][]> {
  const running = searches.map((search) => startSearch(search, options, vocabulary));
  const places = searches[0]?.lattice.positions ?? 0;
  const rows = Array.from({ length: decoder.rows }, (_, row) => row);
  for (let place = 1; place < places; place++) {
    if (signal?.aborted) throw new Interrupted(`stopped before word ${place} of a search`);
    const open = running.map((search) => search.open());
    const beams = open.flat();
    if (beams.length === 0) break;
    const tokens = rows.map((row) => beams[row]?.prefix.at(-1) ?? vocabulary.start); // START, too, where no beam is
    const logProbs = await decoder.next(
      tokens,
      rows.map((row) => beams[row]?.row ?? 0),
    );
    let at = 0;
    for (const [i, own] of open.entries()) {
      running[i]!.advance(place, at, logProbs);
      at += own.length;
    }
    onShare?.(place / (places - 1));
  }
  return running.map(({ texts }) => texts());
}

interface RunningSearch {
  open(): readonly Beam[];
  /**
   * @param first the decoder's row of the first open beam; the others follow
   * @param logProbs of the next token of each row, [V] each
   */
  advance(place: number, first: number, logProbs: readonly Float32Array[]): void;
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
    advance(place, first, logProbs) {
      const here = open.map((beam, i) => ({ ...beam, row: first + i }));
      const next = here.flatMap((beam) => children(search, beam, place, tempered(logProbs[beam.row]!, temperature), width));
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

/** The beams that a beam goes on to: of each state that is alive behind the place, the `width` best. */
function children({ lattice, factors, key }: Search, beam: Beam, place: number, logProbs: Float32Array, width: number): Beam[] {
  const { classOf, classes, next, states } = lattice.automaton;
  const size = classOf.length;
  const goesOn = new Uint8Array(states);
  for (const state of lattice.alive[place + 1]!) goesOn[state] = 1;
  const total = logProbs.map((value) => beam.logProb + value);
  const ranks = key ? perturbed(total, beam.rank, uniform(split(key, place, beam.prefix.join()), size)) : total.slice();
  const byState = new Map<number, number[]>(); // tokens
  for (let id = 0; id < size; id++) {
    const factor = factors[place * size + id]!;
    const state = next[beam.state * classes + classOf[id]!]!;
    if (factor === -Infinity || state < 0 || goesOn[state] === 0) continue;
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
