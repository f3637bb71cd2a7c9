/** What a run is weighed by: success is better the more, nats a token the less. */
export interface Tradeoff {
  readonly success: number;
  readonly nats: number;
}

/** The Pareto front: those to which no other is better in one and as good in the other; the most fluent first. */
export function paretoFront<P extends Tradeoff>(points: readonly P[]): P[] {
  const isBeaten = (p: P): boolean =>
    points.some((q) => q.success >= p.success && q.nats <= p.nats && (q.success > p.success || q.nats < p.nats));
  return points.filter((p) => !isBeaten(p)).sort((p, q) => p.nats - q.nats);
}
