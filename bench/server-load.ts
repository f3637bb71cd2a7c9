import { parseArgs } from 'node:util';
import { builtInGuides } from '../guidance/index.js';
import { createClient } from '../lib/serve/client.js';
import { createEngine } from '../lib/serve/engine.js';
import { startServer } from '../lib/serve/http/listen.js';

// Many clients at once at one server: `node dist/bench/server-load.js [--clients 50] [--requests 5] [--texts 4] [--model models/e2e] [--steps 50]
// [--rounds 1]`. Every request has a seed and a length of its own, so no two texts need be equal. Prints texts per second, how long requests
// took, and the memory after each round.

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '50' },
    requests: { type: 'string', default: '5' },
    texts: { type: 'string', default: '4' },
    model: { type: 'string', default: 'models/e2e' },
    steps: { type: 'string', default: '50' },
    longest: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '1' },
  },
});
const number = (name: keyof typeof values): number => Number(values[name]);

/** Sends the requests of a client one after the other. @returns milliseconds of each */
async function clientWork(url: string, index: number, round: number): Promise<number[]> {
  const client = createClient(url);
  const times: number[] = [];
  for (let i = 0; i < number('requests'); i++) {
    const begun = performance.now();
    const job = (round * number('clients') + index) * number('requests') + i;
    const request = {
      model: values.model,
      seed: job,
      samplesPerTarget: number('texts'),
      sampler: { steps: number('steps') },
      guidance: [{ guide: 'length', length: 3 + (job % (number('longest') - 2)) }],
    };
    let texts = 0;
    for await (const event of client.generate(request, { every: 10, top: 3 })) {
      if (event.event === 'text') texts++;
      if (event.event === 'error' || event.event === 'problems') throw new Error(JSON.stringify(event));
    }
    if (texts !== number('texts')) throw new Error(`expected ${number('texts')} texts, got ${texts}`);
    times.push(performance.now() - begun);
  }
  return times;
}

const onBug = (error: unknown): void => console.error(error);
const engine = createEngine({ registry: builtInGuides, onBug });
const server = await startServer({ engine, port: 0, onBug });
const megabytes = (): number => Math.round(process.memoryUsage().rss / 1e6);
const quantile = (sorted: readonly number[], share: number): string =>
  (sorted[Math.floor(share * (sorted.length - 1))]! / 1000).toFixed(2);
try {
  console.log(`before: ${megabytes()} MB`);
  for (let round = 0; round < number('rounds'); round++) {
    const begun = performance.now();
    const each = await Promise.all(Array.from({ length: number('clients') }, (_, i) => clientWork(server.url, i, round)));
    const seconds = (performance.now() - begun) / 1000;
    const times = each.flat().sort((a, b) => a - b);
    const perSecond = ((times.length * number('texts')) / seconds).toFixed(1);
    const [median, slow, last] = [0.5, 0.95, 1].map((share) => quantile(times, share));
    console.log(
      `round ${round + 1}: ${times.length} requests in ${seconds.toFixed(1)} s, ${perSecond} texts/s, ` +
        `a request took ${median} s (median), ${slow} s (95 %), ${last} s (longest), ${megabytes()} MB`,
    );
  }
} finally {
  await server.close();
  await engine.dispose();
}
