import { checkConfig } from '../../../lib/config/index.js';
import type { Metrics } from '../../../lib/evaluate/metrics.js';

/** Returns the metrics of a run from mean scores by guide and nats per token by language model. */
export function fakeMetrics(
  success: Readonly<Record<string, number>>,
  nats: Readonly<Record<string, number>>,
  more: Partial<Metrics> = {},
): Metrics {
  const around = (mean: number, by: number) => ({ mean, low: mean - by, high: mean + by });
  const guide = (score: number) => ({
    score: around(score, 0.02),
    perfect: around(score, 0.02),
    also: {},
    judge: 'a judge',
    texts: 10,
  });
  const fluency = (own: number) => ({ natsPerToken: around(own, 0.1), perplexity: Math.exp(own), judge: 'a model' });
  const mapped = <A, B>(record: Readonly<Record<string, A>>, of: (value: A) => B) =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [name, of(value)]));
  return {
    texts: 10,
    targets: 5,
    guides: mapped(success, guide),
    fluency: mapped(nats, fluency),
    diversity: { distinctTexts: 1, distinct: [0.1, 0.2, 0.3, 0.4] },
    lengths: { mean: 20, min: 10, max: 30 },
    truncated: 0,
    gaps: {},
    unjudged: [],
    bootstrap: { replicates: 1000, seed: 1 },
    config: checkConfig('generate', { model: 'm', output: 'o' }),
    ...more,
  };
}
