import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeAside } from '../../lib/base/files.js';
import { keyOf, permutation, split } from '../../lib/base/random.js';
import { EQUIVALENT } from './equivalent-mutants.js';
import { mutated, type Mutation, mutationsOf } from './mutations.js';

/** A room whose mutants are tried: its files, and the tests that should notice them. */
interface MutatedRoom {
  readonly files: readonly string[];
  readonly tests: readonly string[];
}

const inFolder = async (folder: string): Promise<string[]> =>
  (await readdir(folder))
    .filter((name) => name.endsWith('.ts') && name !== 'index.ts')
    .sort()
    .map((name) => join(folder, name));

const ROOMS: Readonly<Record<string, () => Promise<MutatedRoom>>> = {
  automaton: async () => ({ files: await inFolder('lib/automaton'), tests: ['automaton/*'] }),
  diffusion: async () => ({ files: await inFolder('lib/diffusion'), tests: ['diffusion/*'] }),
  decode: async () => ({ files: await inFolder('lib/decode'), tests: ['decode/*', 'generate/joint'] }),
  sampler: async () => ({ files: await inFolder('lib/sampler'), tests: ['sampler/*', 'shard/*', 'generate/generate'] }),
  resume: async () => ({
    files: [...(await inFolder('lib/run')), 'lib/base/jsonl.ts', 'lib/base/files.ts', 'lib/base/lock.ts'],
    tests: ['base/*', 'run/*', 'generate/generate', 'shard/trajectory', 'evaluate/evaluate'],
  }),
};

const { values } = parseArgs({
  options: {
    each: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
    room: { type: 'string' },
    state: { type: 'string', default: 'runs/mutants' },
    again: { type: 'boolean', default: false },
  },
});

/** A mutant that was tried. */
interface Tried {
  readonly room: string;
  readonly file: string;
  readonly line: number;
  readonly before: string;
  readonly after: string;
  readonly killed: boolean;
}

/** Longest time of the tests of a mutant, as a multiple of the time that they take without it: a mutant may never end. */
const PATIENCE = 4;

/** Copies the built files, so that a mutant that is left by a kill harms nothing. */
async function workshop(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'diffusteer-mutants-'));
  await cp('dist', join(folder, 'dist'), { recursive: true });
  for (const name of await readdir('.'))
    if (name !== 'dist' && name !== 'runs' && name !== '.git') await symlink(join(process.cwd(), name), join(folder, name));
  await mkdir(join(folder, 'runs'));
  return folder;
}

/** Runs tests in a process of their own. @returns whether they pass, and the seconds they took */
async function passes(folder: string, tests: readonly string[], most: number): Promise<{ ok: boolean; seconds: number }> {
  const files = tests.map((test) => `dist/test/${test}.test.js`);
  const begun = performance.now();
  const child = spawn(process.execPath, ['node_modules/mocha/bin/mocha.js', '--bail', ...files], {
    cwd: folder,
    stdio: 'ignore',
    detached: true, // its own group, so that children of tests end with it
  });
  const timer = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), most * 1000);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearTimeout(timer);
  return { ok: code === 0, seconds: (performance.now() - begun) / 1000 };
}

/** Returns a random selection of the mutants of a room, the same for each seed, without those that change no result. */
async function selected(room: string, { files }: MutatedRoom): Promise<{ file: string; mutation: Mutation }[]> {
  const all: { file: string; mutation: Mutation; isEquivalent: boolean }[] = [];
  for (const file of files) {
    const text = await readFile(file, 'utf8');
    const lines = text.split('\n');
    for (const mutation of mutationsOf(file, text)) {
      const code = lines[mutation.line - 1]!.trim();
      const isEquivalent = EQUIVALENT.some(
        (known) =>
          known.file === file && known.code === code && known.before === mutation.before && known.after === mutation.after,
      );
      all.push({ file, mutation, isEquivalent });
    }
  }
  const order = permutation(split(keyOf(Number(values.seed)), 'mutants', room), all.length);
  const taken = [...order].slice(0, Number(values.each)).map((i) => all[i]!);
  const tried = taken.filter(({ isEquivalent }) => !isEquivalent);
  if (tried.length < taken.length) console.log(`${room}: ${taken.length - tried.length} equivalent mutants are left out`);
  return tried;
}

async function tryMutant(
  folder: string,
  file: string,
  mutation: Mutation,
  tests: readonly string[],
  most: number,
): Promise<boolean> {
  const built = join(folder, 'dist', file.replace(/\.ts$/, '.js'));
  const whole = await readFile(built);
  await writeFile(built, mutated(await readFile(file, 'utf8'), mutation));
  try {
    return !(await passes(folder, tests, most)).ok;
  } finally {
    await writeFile(built, whole);
  }
}

await mkdir(values.state, { recursive: true });
const path = join(values.state, `seed-${values.seed}.json`);
const known = JSON.parse(await readFile(path, 'utf8').catch(() => '[]')) as Tried[];
const done = known.filter(({ killed }) => killed || !values.again); // with --again, those that lived are tried once more
const folder = await workshop();
try {
  for (const [room, open] of Object.entries(ROOMS)) {
    if (values.room !== undefined && values.room !== room) continue;
    const opened = await open();
    const { ok, seconds } = await passes(folder, opened.tests, 600);
    if (!ok) throw new Error(`${room}: its tests fail without a mutant; run them by themselves`);
    for (const { file, mutation } of await selected(room, opened)) {
      const { line, before, after } = mutation;
      const record = { room, file, line, before, after };
      if (done.some((one) => JSON.stringify({ ...one, killed: 0 }) === JSON.stringify({ ...record, killed: 0 }))) continue;
      const killed = await tryMutant(folder, file, mutation, opened.tests, 5 + PATIENCE * seconds);
      if (!killed) console.log(`${file}:${line} lives: ${before} became ${after}`);
      done.push({ ...record, killed });
      await writeAside(path, `${JSON.stringify(done, null, 1)}\n`);
    }
    const own = done.filter((one) => one.room === room);
    console.log(`${room}: ${own.filter(({ killed }) => killed).length} of ${own.length} mutants killed`);
  }
  console.log(`in all: ${done.filter(({ killed }) => killed).length} of ${done.length} mutants killed`);
} finally {
  await rm(folder, { recursive: true });
}
