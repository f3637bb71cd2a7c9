import { randomInt } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';
import { inputError } from './errors.js';
import { makeFolder, unreadable, writeAside } from './files.js';

/** What a process says about itself in its claim on a folder. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Identifies the process among all that have had its pid; '' if the system does not tell. */
  readonly started: string;
  /** When the claim was made, ISO 8601. */
  readonly since: string;
}

/** A claim on a folder. */
export interface FolderLock {
  /** Gives the folder up. */
  release(): Promise<void>;
}

/** Two processes that claim at the same moment both step back; a random pause lets one of them win. */
const ATTEMPTS = 4;
const PAUSE_MS = 200;

let claimed = 0;

/**
 * Claims a folder for a kind of work, so that no two processes do it there at once. A process that was killed holds nothing: a claim names
 * its process and counts only as long as that process runs, so no claim has to be removed by hand on the machine that made it.
 *
 * Each process writes a claim of its own and then looks for others. Of two processes, at least one sees the other's claim, and no process
 * ever removes a claim that could belong to a running one.
 *
 * @param folder is made if it does not exist
 * @param work the command that claims, such as `generate`
 * @throws InputError with the holder, if another process has the folder
 */
export async function lockFolder(folder: string, work: string): Promise<FolderLock> {
  const own = `.${work}-${hostname()}-${process.pid}-${threadId}-${claimed++}.lock`;
  const release = (): Promise<void> => rm(join(folder, own), { force: true });
  await makeFolder(folder);
  for (let attempt = 1; ; attempt++) {
    const claim: Holder = { pid: process.pid, host: hostname(), started: await startOf('self'), since: new Date().toISOString() };
    await writeAside(join(folder, own), `${JSON.stringify(claim)}\n`);
    const other = await otherClaim(folder, work, own);
    if (other === undefined) return { release };
    await release();
    if (attempt === ATTEMPTS || !isRecent(other.holder)) throw held(folder, work, other);
    await sleep(randomInt(PAUSE_MS));
  }
}

/** Runs `use` while a folder is claimed. @throws InputError as `lockFolder` */
export async function withLock<T>(folder: string, work: string, use: () => Promise<T>): Promise<T> {
  const lock = await lockFolder(folder, work);
  try {
    return await use();
  } finally {
    await lock.release();
  }
}

interface Claim {
  readonly file: string;
  readonly holder: Holder;
}

/** Returns a claim of another process that may still run; removes those of processes that have ended. */
async function otherClaim(folder: string, work: string, own: string): Promise<Claim | undefined> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw unreadable(folder, error);
  });
  for (const name of names) {
    if (name === own || !name.startsWith(`.${work}-`) || !name.endsWith('.lock')) continue;
    const file = join(folder, name);
    const holder = await readClaim(file);
    if (holder === undefined) continue;
    if (await mayRun(holder)) return { file, holder };
    await rm(file, { force: true });
  }
  return undefined;
}

/** Returns undefined if the claim was released meanwhile. A claim that does not read belongs to an unknown process. */
async function readClaim(file: string): Promise<Holder | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const unknown: Holder = { pid: 0, host: '', started: '', since: '' };
  try {
    return { ...unknown, ...(JSON.parse(text) as Partial<Holder>) };
  } catch {
    return unknown;
  }
}

async function mayRun({ pid, host, started }: Holder): Promise<boolean> {
  if (host !== hostname()) return true; // another machine's processes are not visible here
  try {
    process.kill(pid, 0); // tests the process, sends nothing
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code !== 'ESRCH';
  }
  const now = await startOf(pid);
  return now !== ENDED && (started === '' || now === '' || started === now);
}

const ENDED = 'ended';

/**
 * Returns the boot and the clock ticks at which a process started, from Linux's /proc/PID/stat (proc(5)); '' on other systems, `ended` for
 * a process that only waits to be collected by its parent.
 */
async function startOf(pid: number | 'self'): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return '';
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // the name before it may hold spaces
  if (state === 'Z' || state === 'X') return ENDED;
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return `${boot.trim()}/${fields[18]}`; // field 22 of the line, starttime
}

const isRecent = ({ since }: Holder): boolean => Date.now() - Date.parse(since) < 2 * PAUSE_MS;

function held(folder: string, work: string, { file, holder: { pid, host, started, since } }: Claim) {
  const here = host === hostname();
  const who = pid === 0 ? `an unknown process (${file})` : `process ${pid} on ${here ? 'this machine' : host}, since ${since}`;
  const remedy = `wait until it has ended, stop it, or choose another folder`;
  const stale = here && started !== '' ? '' : `. If that process no longer runs, remove ${file}`;
  return inputError(folder, `\`${work}\` is already running in this folder: ${who}; ${remedy}${stale}`);
}
