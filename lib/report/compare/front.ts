/** The two goals of a run: high success, and few nats per token. */
export interface Tradeoff {
  readonly success: number;
  readonly nats: number;
}

/** Returns the Pareto front: points that no other beats in one goal and equals or beats in the other, the most fluent first. */
export function paretoFront<P extends Tradeoff>(points: readonly P[]): P[] {
  const isBeaten = (p: P): boolean =>
    points.some((q) => q.success >= p.success && q.nats <= p.nats && (q.success > p.success || q.nats < p.nats));
  return points.filter((p) => !isBeaten(p)).sort((p, q) => p.nats - q.nats);
}
