import { packageVersion } from '../base/locate.js';
import type { Device } from '../engine/types.js';
import { hashOf } from '../model/checkpoint/checkpoint.js';
import { filesOf } from '../plan/make-guides.js';
import type { CheckedRun } from '../plan/prepare.js';
import type { Manifest, MethodRecord } from '../run/manifest.js';

/** Returns everything that determines the texts of a run on a device. */
export async function manifestOf(
  device: Pick<Device, 'name' | 'threads' | 'precision'>,
  run: CheckedRun,
  method: MethodRecord | undefined,
): Promise<Manifest> {
  const { config, checkpoint, plan, decoder } = run;
  const runs = withOrigins(run);
  return {
    config,
    version: packageVersion(),
    node: process.version,
    device: device.name,
    threads: device.threads,
    precision: device.precision,
    model: { path: config.model, hash: checkpoint.hash },
    ...(decoder && { decoder: { path: decoder.options.model, hash: decoder.hash } }),
    ...pluginsOf(runs),
    ...(await hashesOf(runs.flatMap(({ guides }) => filesOf(guides)))),
    ...(method && { method }),
    texts: plan.items.length,
  };
}

/** Returns a run and those that it departs from, whose guides determine its text too. */
function withOrigins(run: CheckedRun): CheckedRun[] {
  return run.branch ? [run, ...withOrigins(run.branch.of)] : [run];
}

async function hashesOf(files: readonly string[]): Promise<Pick<Manifest, 'files'>> {
  if (files.length === 0) return {};
  return { files: Object.fromEntries(await Promise.all(files.map(async (file) => [file, await hashOf(file)] as const))) };
}

function pluginsOf(runs: readonly CheckedRun[]): Pick<Manifest, 'plugins'> {
  const guides = runs.flatMap(({ plan }) => plan.guides);
  const hashes = guides.flatMap(({ factory: { name, origin } }) => (origin ? [[name, origin.hash] as const] : []));
  return hashes.length === 0 ? {} : { plugins: Object.fromEntries(hashes) };
}
