import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { JudgeUnavailable } from '../judge.js';
import { coreNlpParser, coreNlpTrees, type TreesOf } from './corenlp-client.js';
import { missingJars } from './corenlp-jars.js';
import type { Parser } from './parser.js';

export interface ServerOptions {
  /** The Java executable. Default `java`. */
  readonly java?: string;
  /** Heap size of Java. Default 3 GB; the models need 2. */
  readonly memory?: string;
  /** Time until the server must be ready, ms. Default 120,000; the models load in 12 s. */
  readonly patience?: number;
}

export interface CoreNlpServer {
  /** Such as `http://127.0.0.1:45123`. */
  readonly address: string;
  /** Stops the server; a second call does nothing. */
  stop(): Promise<void>;
}

/**
 * Everything but 127.0.0.0/8, for the server's block list: the server has no option for the address that it listens on, but can refuse
 * requests from elsewhere.
 */
const NOT_LOOPBACK = [
  '128.0.0.0/1',
  '0.0.0.0/2',
  '64.0.0.0/3',
  '96.0.0.0/4',
  '112.0.0.0/5',
  '120.0.0.0/6',
  '124.0.0.0/7',
  '126.0.0.0/8',
];

/**
 * Starts Stanford CoreNLP's HTTP server on a free port and waits until it has parsed a sentence. It answers this machine only.
 *
 * @param folder the folder of its jars
 * @throws JudgeUnavailable if Java or the jars are missing, or the server does not start
 */
export async function startCoreNlp(folder: string, options: ServerOptions = {}): Promise<CoreNlpServer> {
  const { java = 'java', memory = '3g', patience = 120_000 } = options;
  const missing = await missingJars(folder);
  if (missing.length > 0)
    throw new JudgeUnavailable(`${folder} lacks ${missing.join(', ')}; fetch them with \`diffusteer corenlp fetch\``);
  const port = await freePort();
  const own = await mkdtemp(join(tmpdir(), 'diffusteer-corenlp-'));
  const blockList = join(own, 'not-loopback.txt');
  await writeFile(blockList, NOT_LOOPBACK.join('\n'));
  const child = tethered(own, java, [
    ...[`-Xmx${memory}`, '-Djava.net.preferIPv4Stack=true', '-cp', join(folder, '*')], // the block list knows IPv4 only
    'edu.stanford.nlp.pipeline.StanfordCoreNLPServer',
    ...['-port', `${port}`, '-timeout', '110000', '-maxCharLength', '1000000', '-quiet', 'true'],
    ...['-stanford', 'true', '-blockList', blockList], // the server reads the second only with the first
  ]);
  const life = watch(child, java);
  const forget = endWithUs(() => child.kill());
  const address = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    forget();
    child.kill();
    await life.ended;
  };
  try {
    await ready(address, life, patience);
    await Promise.race([coreNlpParser(address, { timeout: patience }).parse([['Ready', '.']]), life.failure]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { address, stop };
}

/** Starts a program by tether.ts (its source, loaded by tsx, if this module runs from source), which ends it when this process ends. */
function tethered(folder: string, program: string, args: readonly string[]): ChildProcess {
  const isSource = import.meta.url.endsWith('.ts');
  const loader = isSource ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href] : [];
  const tether = join(import.meta.dirname, `tether${isSource ? '.ts' : '.js'}`);
  return spawn(process.execPath, [...loader, tether, folder, program, ...args], { stdio: ['pipe', 'ignore', 'pipe'] });
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** How to end each running server. */
const running = new Set<() => void>();

/** Ends a server when this process ends, also by a signal that nothing else handles. @returns a function that undoes this */
function endWithUs(end: () => void): () => void {
  if (running.size === 0) {
    process.on('exit', endAll);
    for (const signal of SIGNALS) process.on(signal, onSignal);
  }
  running.add(end);
  return () => {
    running.delete(end);
    if (running.size > 0) return;
    process.off('exit', endAll);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
}

function endAll(): void {
  for (const end of running) end();
}

/** Ends all servers on a signal, which without a listener ends a process before its exit handlers. Must not keep the process alive. */
function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return; // another listener decides when the process ends
  endAll();
  process.off(signal, onSignal);
  process.kill(process.pid, signal);
}

/** The lifetime of the server's process. */
interface Life {
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>;
  /** Rejects with the reason when the process has ended; never resolves. */
  readonly failure: Promise<never>;
}

/** Exit code of tether.ts if the program was not found. */
const NOT_FOUND = 127;

function watch(child: ChildProcess, java: string): Life {
  let last = '';
  child.stderr?.on('data', (piece: Buffer) => (last = (last + piece.toString()).slice(-1000)));
  const end = new Promise<string>((resolve) => {
    child.on('close', (code, signal) => {
      resolve(
        code === NOT_FOUND
          ? `Java was not found as "${java}"; install a runtime of version 11 or later (Debian: apt install default-jre-headless)`
          : `Stanford CoreNLP ended before it was ready (${signal ?? `exit ${code}`}); \`diffusteer corenlp check\` tries it alone\n${last.trim()}`,
      );
    });
  });
  const failure = end.then((why) => Promise.reject(new JudgeUnavailable(why)));
  failure.catch(() => undefined); // the process may end while nothing awaits it
  return { ended: end.then(() => undefined), failure };
}

async function ready(address: string, life: Life, patience: number): Promise<void> {
  for (const until = Date.now() + patience; Date.now() < until;) {
    const answer = await Promise.race([
      fetch(new URL('/ready', address), { signal: AbortSignal.timeout(5000) }).catch(() => undefined),
      life.failure,
    ]);
    if (answer?.ok) return;
    await Promise.race([sleep(200), life.failure]);
  }
  throw new JudgeUnavailable(`Stanford CoreNLP was not ready after ${patience / 1000} s; is the machine busy? Try again`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** A parser that starts its server with the first text. */
export interface LocalCoreNlp {
  readonly parser: Parser;
  readonly treesOf: TreesOf;
  /** Stops the server, if one was started. */
  stop(): Promise<void>;
}

/** Returns a parser on a server of its own. @param folder the folder of the jars of Stanford CoreNLP */
export function localCoreNlp(folder: string, options: ServerOptions = {}): LocalCoreNlp {
  let server: Promise<CoreNlpServer> | undefined;
  const address = async (): Promise<string> => (await (server ??= startCoreNlp(folder, options))).address;
  return {
    parser: { parse: async (texts) => coreNlpParser(await address()).parse(texts) },
    treesOf: async (texts) => coreNlpTrees(await address())(texts),
    stop: async () => {
      const running = await server?.catch(() => undefined); // it never started: nothing to stop
      await running?.stop();
    },
  };
}

/**
 * Returns a parser on a running server or on one of its own.
 *
 * @param where the folder of the jars, or the address (`http://...`) of a running server, which is not stopped
 */
export function coreNlpAt(where: string): LocalCoreNlp {
  if (!/^https?:/.test(where)) return localCoreNlp(where);
  return { parser: coreNlpParser(where), treesOf: coreNlpTrees(where), stop: () => Promise.resolve() };
}
