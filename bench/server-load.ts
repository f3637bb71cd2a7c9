import { spawn, spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { createClient } from '../lib/serve/client.js';

// Many clients at once at one server, a process of its own: `node dist/bench/server-load.js [--clients 50] [--requests 5] [--texts 4]
// [--model models/e2e] [--steps 50] [--longest 20] [--minutes 0]`. Every request has a seed and a length of its own, so no two texts need be
// equal. Requests of 1 to 32 texts come first, since a server compiles programs for each size of batch. Rounds of requests follow each other
// until the minutes have passed. Prints the requests and texts that were lost, how long requests took, and the memory of the server
// (resident set) twice a minute.

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '50' },
    requests: { type: 'string', default: '5' },
    texts: { type: 'string', default: '4' },
    model: { type: 'string', default: 'models/e2e' },
    steps: { type: 'string', default: '50' },
    longest: { type: 'string', default: '20' },
    minutes: { type: 'string', default: '0' },
  },
});
const number = (name: keyof typeof values): number => Number(values[name]);

/** Starts a server of the command line on a free port. */
async function startServer(): Promise<{ url: string; megabytes(): number; stop(): void }> {
  const server = spawn(process.execPath, ['dist/scripts/cli.js', 'serve', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  for await (const part of server.stdout) {
    const url = /http:\S+/.exec((printed += String(part)))?.[0];
    if (url === undefined) continue;
    const rss = () => Number(spawnSync('ps', ['-o', 'rss=', '-p', String(server.pid)], { encoding: 'utf8' }).stdout);
    return { url, megabytes: () => Math.round((rss() * 1024) / 1e6), stop: () => void server.kill('SIGKILL') };
  }
  throw new Error(`the server ended: ${printed}`);
}

/** Sends one request. @returns milliseconds, or what went wrong */
async function requestOf(url: string, job: number, samplesPerTarget = number('texts')): Promise<number | string> {
  const begun = performance.now();
  const request = {
    model: values.model,
    seed: job,
    samplesPerTarget,
    sampler: { steps: number('steps') },
    guidance: [{ guide: 'length', length: 3 + (job % (number('longest') - 2)) }],
  };
  let texts = 0;
  try {
    for await (const event of createClient(url).generate(request, { every: 10, top: 3 })) {
      if (event.event === 'text') texts++;
      if (event.event === 'error' || event.event === 'problems') return JSON.stringify(event);
    }
  } catch (error) {
    return String(error);
  }
  return texts === samplesPerTarget ? performance.now() - begun : `expected ${samplesPerTarget} texts, got ${texts}`;
}

/** Sends the requests of a client one after the other. */
async function clientWork(url: string, first: number): Promise<(number | string)[]> {
  const answers: (number | string)[] = [];
  for (let i = 0; i < number('requests'); i++) answers.push(await requestOf(url, first + i));
  return answers;
}

const quantile = (sorted: readonly number[], share: number): string =>
  (sorted[Math.floor(share * (sorted.length - 1))]! / 1000).toFixed(1);

const server = await startServer();
for (const texts of [1, 2, 4, 8, 16, 32]) await requestOf(server.url, texts, texts);
const begun = performance.now();
const seconds = (): number => Math.round((performance.now() - begun) / 1000);
const memory = (): void => console.log(`${seconds()} s: ${server.megabytes()} MB`);
memory();
const timer = setInterval(memory, 30_000);
let [sent, lost] = [0, 0];
try {
  do {
    const clients = Array.from({ length: number('clients') }, (_, i) => clientWork(server.url, sent + i * number('requests')));
    const answers = (await Promise.all(clients)).flat();
    sent += answers.length;
    const failures = answers.filter((one) => typeof one === 'string');
    lost += failures.length;
    failures.slice(0, 3).forEach((message) => console.log(message));
    const times = answers.filter((one) => typeof one === 'number').sort((a, b) => a - b);
    const [median, last] = [0.5, 1].map((share) => quantile(times, share));
    console.log(`${seconds()} s: ${sent} requests, ${lost} lost; the last took ${median} s (median), ${last} s (longest)`);
  } while (seconds() < 60 * number('minutes'));
  memory();
} finally {
  clearInterval(timer);
  server.stop();
}
