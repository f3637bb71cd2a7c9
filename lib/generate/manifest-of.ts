import { packageVersion } from '../base/locate.js';
import type { Device } from '../engine/types.js';
import { hashOf } from '../model/checkpoint/checkpoint.js';
import { filesOf } from '../plan/make-guides.js';
import type { Plan } from '../plan/plan.js';
import type { CheckedRun } from '../plan/prepare.js';
import type { Manifest, MethodRecord } from '../run/manifest.js';

/** Returns everything that determines the texts of a run on a device. */
export async function manifestOf(
  device: Pick<Device, 'name' | 'threads' | 'precision'>,
  { config, checkpoint, plan, guides, decoder }: CheckedRun,
  method: MethodRecord | undefined,
): Promise<Manifest> {
  return {
    config,
    version: packageVersion(),
    node: process.version,
    device: device.name,
    threads: device.threads,
    precision: device.precision,
    model: { path: config.model, hash: checkpoint.hash },
    ...(decoder && { decoder: { path: decoder.options.model, hash: decoder.hash } }),
    ...pluginsOf(plan),
    ...(await hashesOf(filesOf(guides))),
    ...(method && { method }),
    texts: plan.items.length,
  };
}

async function hashesOf(files: readonly string[]): Promise<Pick<Manifest, 'files'>> {
  if (files.length === 0) return {};
  return { files: Object.fromEntries(await Promise.all(files.map(async (file) => [file, await hashOf(file)] as const))) };
}

function pluginsOf({ guides }: Plan): Pick<Manifest, 'plugins'> {
  const hashes = guides.flatMap(({ factory: { name, origin } }) => (origin ? [[name, origin.hash] as const] : []));
  return hashes.length === 0 ? {} : { plugins: Object.fromEntries(hashes) };
}
