import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { secondsPerText } from '../lib/run/timing.js';
import { median } from './measure.js';

/** The commit of 2026-11-26, before joint decoding. */
const EARLIER = '3803d2c';

/** Texts per run, about: two batches. */
const TEXTS = 64;

/** Configs as they ship; each version reads its own. */
const CONFIGS = {
  unguided: 'unguided',
  '`pos` by posterior': 'pos-posterior',
  '`pos` by gradient': 'pos-gradient',
  '`tree`': 'tree',
  '`attribute`': 'attribute',
} as const;

/**
 * Counts guided texts per second of this version and of an earlier commit, which take turns, and returns a table in Markdown.
 *
 * @param rounds runs of each config by each version
 * @param onRun called before each run
 */
export async function versionsReport(rounds: number, onRun: (what: string) => void): Promise<string> {
  const versions = { earlier: earlierVersion(onRun), now: process.cwd() };
  const rows: string[] = [];
  for (const [name, config] of Object.entries(CONFIGS)) {
    const rates: Record<keyof typeof versions, number[]> = { earlier: [], now: [] };
    for (let round = 0; round < rounds; round++) {
      for (const version of round % 2 === 0 ? (['earlier', 'now'] as const) : (['now', 'earlier'] as const)) {
        onRun(`${name}, ${version}, round ${round + 1}`);
        rates[version].push(await textsPerSecond(versions[version], config));
      }
    }
    const [before, now] = [median(rates.earlier), median(rates.now)];
    rows.push(`| ${name} | ${before.toFixed(2)} | ${now.toFixed(2)} | ${(now / before).toFixed(2)} |`);
  }
  return [
    `| texts per second | ${EARLIER} | now | times |`,
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    `Each version runs its own \`configs/\` with its own defaults, some ${TEXTS} texts in a process of its own; medians of ${rounds} runs that take turns. The time is that of \`timing.jsonl\`: compiling is in it, loading is not.`,
    '',
  ].join('\n');
}

/** Builds the earlier version in a worktree of its own, once, and returns its folder. @throws Error if the clone lacks the commit */
function earlierVersion(onRun: (what: string) => void): string {
  const folder = join(tmpdir(), `diffusteer-${EARLIER}`);
  if (existsSync(join(folder, 'dist', 'scripts', 'cli.js'))) return folder;
  onRun(`building ${EARLIER} in ${folder}`);
  if (spawnSync('git', ['cat-file', '-e', `${EARLIER}^{commit}`]).status !== 0) {
    throw new Error(
      `this clone lacks the commit ${EARLIER}: fetch the whole history (git fetch --unshallow), or pass --no-versions`,
    );
  }
  command('git', ['worktree', 'prune'], '.');
  if (!existsSync(folder)) command('git', ['worktree', 'add', '--detach', folder, EARLIER], '.');
  command('npm', ['ci'], folder); // builds it too
  return folder;
}

async function textsPerSecond(version: string, name: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'diffusteer-bench-'));
  try {
    const path = join(folder, 'config.json');
    const output = join(folder, 'run');
    writeFileSync(path, JSON.stringify({ ...cut(version, name), output }));
    command(process.execPath, [join(version, 'dist', 'scripts', 'cli.js'), 'generate', path], version);
    return 1 / (await secondsPerText(output))!;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Returns a config with as many texts as are timed. */
function cut(version: string, name: string): Record<string, unknown> {
  const { $schema: _, ...config } = JSON.parse(readFileSync(join(version, 'configs', `${name}.json`), 'utf8')) as Record<
    string,
    unknown
  >;
  const { targets } = config;
  if (targets === undefined) return { ...config, samplesPerTarget: TEXTS };
  const all = typeof targets === 'string' ? linesOf(resolve(version, targets)) : (targets as unknown[]);
  return { ...config, targets: all.slice(0, TEXTS), samplesPerTarget: Math.max(1, Math.round(TEXTS / all.length)) };
}

const linesOf = (path: string): unknown[] =>
  readFileSync(path, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as unknown); // prettier-ignore

function command(program: string, args: readonly string[], cwd: string): void {
  const { status, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${error?.message ?? stderr}`);
}
