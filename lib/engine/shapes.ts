export type Shape = readonly number[];

export const sizeOf = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);

export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((dim, i) => dim === b[i]);

/** Returns the shape with ones in front, up to `rank` dimensions. */
export const padRank = (shape: Shape, rank: number): number[] => [
  ...Array<number>(Math.max(0, rank - shape.length)).fill(1),
  ...shape,
];

/** Returns the shape that all of `shapes`, which must agree, broadcast to. */
export function broadcastShapes(...shapes: readonly Shape[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  const padded = shapes.map((shape) => padRank(shape, rank));
  return Array.from({ length: rank }, (_, i) => padded.map((shape) => shape[i]!).find((dim) => dim !== 1) ?? 1);
}

/** Axes counted from the end made plain, in ascending order; none given means all. */
export function plainAxes(axis: number | readonly number[] | null | undefined, rank: number): number[] {
  const axes = axis == null ? Array.from({ length: rank }, (_, i) => i) : [axis].flat();
  return axes.map((a) => (a < 0 ? rank + a : a)).sort((a, b) => a - b);
}
