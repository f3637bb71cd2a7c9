import { InputError, type Problem } from '../../base/errors.js';
import type { Device, GraphFunction, HostTensor, HostTensors } from '../../engine/types.js';
import { beamStepInputs, cacheNames, freshName } from './causal-cache.js';
import { type CausalSize, HIDDEN } from './causal-transformer.js';
import { integers, rowsOf } from './host-rows.js';
import type { BeamDecoder, BeamToken } from './language-model.js';

export interface BeamDecoding {
  readonly device: Device;
  readonly size: CausalSize;
  /** The id of START. */
  readonly start: number;
  readonly weights: HostTensors;
  readonly searches: number;
  readonly width: number;
  /** The program of a step, see `beamStep`. */
  readonly step: GraphFunction;
}

/** Slots by which a search's cache grows, since a program is compiled for each size. Beams share most of their prefixes, so that few are needed. */
const MORE_SLOTS = 64;
/** From so many slots on a cache doubles: wide searches need thousands, and each program keeps memory for its largest tensors. */
const DOUBLES_FROM = 512;

/** Returns the size of a cache that has room for so many slots. */
const roomFor = (slots: number): number =>
  slots <= DOUBLES_FROM
    ? Math.ceil(slots / MORE_SLOTS) * MORE_SLOTS
    : DOUBLES_FROM * 2 ** Math.ceil(Math.log2(slots / DOUBLES_FROM));

/**
 * Builds a decoder for beams. The keys and values of a token are stored once in a slot of the cache that the beams of its search share, and
 * each beam is shown the slots of its own prefix. So beams change places without moving a cache, and slots that no beam shows are free again.
 */
export function beamDecoder({ device, size, start, weights, searches, width, step }: BeamDecoding): BeamDecoder {
  const cache = new SharedCache(size, searches, Math.min(MORE_SLOTS, width * size.maxTokens));
  let paths: readonly (readonly Path[])[] = Array.from({ length: searches }, () => []);
  return {
    searches,
    width,
    async next(beams) {
      refuse(stepProblems(beams, { searches, width, size }));
      const past = beams.map((own, s) => own.map(({ token, from }) => (token === start ? [] : paths[s]![from])));
      refuse(pathProblems(past, size.maxTokens));
      const shown = past as readonly (readonly Path[])[];
      const taken = shown.map((own) => new Set(own.flat()));
      cache.makeRoom(Math.max(...taken.map(({ size: held }) => held)) + width);
      const program = await device.compile(step, beamStepInputs(size, { searches, width, slots: cache.slots }), weights);
      const out = await program.run({
        ...stepFeeds(beams, shown, { width, slots: cache.slots, start, size }),
        ...cache.tensors(),
      });
      const given = taken.map((held, s) => freeSlots(held, beams[s]!.length));
      cache.store(out, given);
      paths = shown.map((own, s) => own.map((path, b) => [...path, given[s]![b]!]));
      const rows = rowsOf(out['logProbs']!);
      return beams.map((own, s) => rows.slice(s * width, s * width + own.length));
    },
  };
}

/** The slots of a beam's tokens, START first. */
type Path = readonly number[];

/** The keys and values of the tokens of all searches, [S, H, N, W / H] for each layer: N slots per search. */
class SharedCache {
  slots: number;
  #tensors: Record<string, Float32Array>;

  constructor(
    private readonly size: CausalSize,
    private readonly searches: number,
    slots: number,
  ) {
    this.slots = slots;
    this.#tensors = Object.fromEntries(cacheNames(size.layers).map((name) => [name, this.#zeros()]));
  }

  /** Adds slots to each search until they are at least `slots`. */
  makeRoom(slots: number): void {
    if (slots <= this.slots) return;
    const { heads, width } = this.size;
    const [held, before] = [(this.slots * width) / heads, this.#tensors];
    this.slots = roomFor(slots);
    const room = (this.slots * width) / heads;
    this.#tensors = Object.fromEntries(
      Object.entries(before).map(([name, data]) => {
        const larger = this.#zeros();
        for (let i = 0; i < this.searches * heads; i++) larger.set(data.subarray(i * held, (i + 1) * held), i * room);
        return [name, larger];
      }),
    );
  }

  tensors(): HostTensors {
    const { heads, width } = this.size;
    const shape = [this.searches, heads, this.slots, width / heads];
    return Object.fromEntries(Object.entries(this.#tensors).map(([name, data]) => [name, { dtype: 'float32', shape, data }]));
  }

  /** Stores the keys and values of a step, [S, H, B, W / H] for each layer. @param given slot of each beam that there is, for each search */
  store(fresh: HostTensors, given: readonly (readonly number[])[]): void {
    const { heads, width } = this.size;
    const each = width / heads;
    for (const [name, data] of Object.entries(this.#tensors)) {
      const { data: rows, shape } = fresh[freshName(name)]!;
      const beams = shape[2]!;
      given.forEach((slots, s) => {
        for (let head = s * heads; head < (s + 1) * heads; head++)
          for (let b = 0; b < slots.length; b++) {
            const [from, to] = [(head * beams + b) * each, (head * this.slots + slots[b]!) * each];
            for (let i = 0; i < each; i++) data[to + i] = rows[from + i]!; // faster than to set a part so short
          }
      });
    }
  }

  #zeros(): Float32Array {
    return new Float32Array(this.searches * this.slots * this.size.width);
  }
}

/** Returns the first slots that are free. */
function freeSlots(taken: ReadonlySet<number>, count: number): number[] {
  const free: number[] = [];
  for (let slot = 0; free.length < count; slot++) if (!taken.has(slot)) free.push(slot);
  return free;
}

/** Returns the inputs of a step other than the cache. Beams that a search lacks are fed START, and see only themselves. */
function stepFeeds(
  beams: readonly (readonly BeamToken[])[],
  paths: readonly (readonly Path[])[],
  { width, slots, start, size }: { width: number; slots: number; start: number; size: CausalSize },
): HostTensors {
  const searches = beams.length;
  const columns = slots + width; // the cache, and the tokens of this step
  const positions = paths.map(([first]) => first?.length ?? 0);
  const mask = new Float32Array(searches * width * columns).fill(HIDDEN);
  const distances = new Int32Array(searches * columns); // 0 unless shown
  for (let s = 0; s < searches; s++)
    for (let b = 0; b < width; b++) {
      const row = (s * width + b) * columns;
      mask[row + slots + b] = 0;
      (paths[s]![b] ?? []).forEach((slot, position) => {
        mask[row + slot] = 0;
        distances[s * columns + slot] = positions[s]! - position;
      });
    }
  const tokens = integers(searches * width, (i) => beams[Math.floor(i / width)]![i % width]?.token ?? start);
  return {
    tokens: { ...tokens, shape: [searches, width] },
    positions: integers(searches, (s) => positions[s]!),
    distances: { dtype: 'int32', shape: [searches, columns], data: distances.map((distance) => distance + size.maxTokens - 1) },
    mask: { dtype: 'float32', shape: [searches, width, columns], data: mask } satisfies HostTensor,
  };
}

function stepProblems(
  beams: readonly (readonly BeamToken[])[],
  { searches, width, size }: { searches: number; width: number; size: CausalSize },
): Problem[] {
  if (beams.length !== searches)
    return [{ path: '', message: `expected the beams of ${searches} searches, got those of ${beams.length}` }];
  return beams.flatMap((own, s): Problem[] => {
    if (own.length > width) return [{ path: `/${s}`, message: `expected at most ${width} beams, got ${own.length}` }];
    const at = own.findIndex(({ token }) => !(Number.isInteger(token) && token >= 0 && token < size.vocabularySize));
    if (at < 0) return [];
    return [
      { path: `/${s}/${at}/token`, message: `expected a whole number below ${size.vocabularySize}, got ${own[at]!.token}` },
    ];
  });
}

/** @param paths undefined for a beam that continues none */
function pathProblems(paths: readonly (readonly (Path | undefined)[])[], maxTokens: number): Problem[] {
  return paths.flatMap((own, s): Problem[] => {
    const unknown = own.findIndex((path) => path === undefined);
    if (unknown >= 0)
      return [{ path: `/${s}/${unknown}/from`, message: 'expected a beam of the step before; START begins a search' }];
    if (own.some((path) => path!.length !== own[0]!.length))
      return [{ path: `/${s}`, message: 'expected beams of one length, all of them START or none' }];
    if ((own[0]?.length ?? 0) < maxTokens) return [];
    return [{ path: `/${s}`, message: `the beams already hold ${maxTokens} tokens, the maximum` }];
  });
}

function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new InputError('step of a beam decoder', problems);
}
