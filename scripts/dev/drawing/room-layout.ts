import { keyOf, split as splitKey, uniform } from '../../../lib/base/random.js';
import { floorsOf, type RoomGraph } from './room-graph.js';

/** A box of the drawing, or the point at which an arrow passes a floor. */
export interface Spot {
  /** The room, or undefined for a passing arrow. */
  readonly room: string | undefined;
  readonly floor: number;
  /** Leftmost column. A box takes `BOX` columns, a passing arrow one. */
  readonly column: number;
}

export interface Layout {
  readonly spots: readonly Spot[];
  /** Paths of spots (indices) from the importing room down to the imported one, one spot for each floor. */
  readonly arrows: readonly (readonly number[])[];
}

/** Columns that a box takes. */
export const BOX = 3;
/** Costs of a layout: per crossing of two arrows, and per column that an arrow moves sideways between two floors. */
const CROSSING = 16;
const SIDEWAYS = 1;
/** Cost per column if the arrow only passes both floors, since such bends look the most restless. */
const PASSING_SIDEWAYS = 4;
const ATTEMPTS = 10;
const MOVES = 100_000;

type Spots = { room: string | undefined; floor: number; column: number }[];

/**
 * Lays out a graph of rooms in layers (Sugiyama et al. 1981): floors by the longest path down, arrows split into one piece for each
 * floor, columns by a search for few crossings and short pieces. The same graph gives the same layout.
 */
export function layOut(graph: RoomGraph, columns: number): Layout {
  const { spots, arrows } = split(graph);
  const pieces = arrows.flatMap((arrow) => arrow.slice(1).map((to, i): Piece => [arrow[i]!, to]));
  let best: { cost: number; spots: Spots } | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const tried = search(spots, pieces, columns, attempt);
    if (best === undefined || tried.cost < best.cost) best = tried;
  }
  return { spots: best!.spots, arrows };
}

function split(graph: RoomGraph): { spots: Spots; arrows: number[][] } {
  const floors = floorsOf(graph);
  const rooms = [...graph.keys()].sort((a, b) => floors.get(a)! - floors.get(b)! || (a < b ? -1 : 1));
  const spots: Spots = rooms.map((room) => ({ room, floor: floors.get(room)!, column: 0 }));
  const arrows = rooms.flatMap((room, from) =>
    [...graph.get(room)!].sort().map((imported) => {
      const path = [from];
      for (let floor = floors.get(room)! - 1; floor > floors.get(imported)!; floor--)
        path.push(spots.push({ room: undefined, floor, column: 0 }) - 1);
      return [...path, rooms.indexOf(imported)];
    }),
  );
  return { spots, arrows };
}

type Piece = readonly [number, number];

const widthOf = ({ room }: Spot): number => (room === undefined ? 1 : BOX);
/** Returns twice the column of the middle, an integer. */
export const middleOf = (spot: Spot): number => 2 * spot.column + widthOf(spot);

function search(start: Spots, pieces: readonly Piece[], columns: number, seed: number): { cost: number; spots: Spots } {
  const next = integersFrom(seed);
  const spots = start.map((spot) => ({ ...spot }));
  const floors = grouped([...spots.keys()], (i) => spots[i]!.floor);
  for (const floor of floors.values()) spread(spots, floor, next);
  const below = grouped(pieces, ([from]) => spots[from]!.floor);
  const costAround = (floor: number) => costOf(spots, below.get(floor) ?? []) + costOf(spots, below.get(floor + 1) ?? []);
  for (let move = 0; move < MOVES; move++) {
    const heat = Math.floor((CROSSING * (MOVES - move)) / MOVES); // accepts this much worse, less and less
    const i = next(spots.length);
    const { floor } = spots[i]!;
    const before = costAround(floor);
    const undo =
      next(2) === 0 ? shift(spots, i, columns, next) : swap(spots, i, floors.get(floor)![next(floors.get(floor)!.length)]!);
    if (!isFree(spots, floors.get(floor)!, columns) || costAround(floor) > before + next(heat + 1) * next(2)) undo();
  }
  return { cost: [...below.values()].reduce((sum, onFloor) => sum + costOf(spots, onFloor), 0), spots };
}

function spread(spots: Spots, floor: readonly number[], next: (below: number) => number): void {
  const order = [...floor].sort(() => next(3) - 1);
  let column = 0;
  for (const i of order) {
    spots[i]!.column = column;
    column += widthOf(spots[i]!) + 1;
  }
}

function shift(spots: Spots, i: number, columns: number, next: (below: number) => number): () => void {
  const before = spots[i]!.column;
  spots[i]!.column = next(columns);
  return () => (spots[i]!.column = before);
}

function swap(spots: Spots, i: number, j: number): () => void {
  const [a, b] = [spots[i]!.column, spots[j]!.column];
  [spots[i]!.column, spots[j]!.column] = [b, a];
  return () => ([spots[i]!.column, spots[j]!.column] = [a, b]);
}

/** Returns whether the spots of a floor are within the columns and apart from each other; two boxes have a column between them. */
function isFree(spots: Spots, floor: readonly number[], columns: number): boolean {
  const sorted = floor.map((i) => spots[i]!).sort((a, b) => a.column - b.column);
  return sorted.every((spot, i) => {
    const right = sorted[i + 1];
    if (right === undefined) return spot.column + widthOf(spot) <= columns;
    const gap = spot.room === undefined || right.room === undefined ? 0 : 1;
    return spot.column + widthOf(spot) + gap <= right.column;
  });
}

/** Returns the cost of the pieces between two floors. */
function costOf(spots: Spots, pieces: readonly Piece[]): number {
  let cost = 0;
  const ends = pieces.map(([from, to]) => [middleOf(spots[from]!), middleOf(spots[to]!)] as const);
  pieces.forEach(([from, to], i) => {
    const [a, b] = ends[i]!;
    const isPassing = spots[from]!.room === undefined && spots[to]!.room === undefined;
    cost += Math.abs(a - b) * (isPassing ? PASSING_SIDEWAYS : SIDEWAYS);
    for (let j = 0; j < i; j++) if ((a - ends[j]![0]) * (b - ends[j]![1]) < 0) cost += CROSSING;
  });
  return cost;
}

/** Returns a source of random integers from 0 to below a bound, the same for the same seed. */
function integersFrom(seed: number): (below: number) => number {
  const numbers = uniform(splitKey(keyOf(0), 'layout', seed), 4 * MOVES);
  let i = 0;
  return (below) => Math.floor(numbers[i++ % numbers.length]! * below);
}

function grouped<Item>(items: readonly Item[], keyOfItem: (item: Item) => number): Map<number, Item[]> {
  const groups = new Map<number, Item[]>();
  for (const item of items) {
    const key = keyOfItem(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}
