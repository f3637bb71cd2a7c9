import { nearest } from '../config/index.js';
import type { GuideFactory } from './contract.js';
import type { FutureSpec } from './future.js';

/** A guide, and what is registered with it. */
export interface RegisteredGuide extends GuideFactory<unknown> {
  /** The guide's discriminator for the baseline `fudge`. */
  readonly future?: FutureSpec<unknown>;
  /** The file that a plugin was loaded from. */
  readonly origin?: GuideOrigin;
}

/** The file of a plugin, with the SHA-256 of its content. */
export interface GuideOrigin {
  readonly file: string;
  readonly hash: string;
}

/** The guides that a config may name, by their names. */
export type Registry = ReadonlyMap<string, RegisteredGuide>;

/** Says how another process opens the same guides. */
export interface RegistrySource {
  /** URL of a module that exports `guidesWith`. */
  readonly module: string;
  /** What `guidesWith` was called with. */
  readonly options: { readonly modules?: string | undefined };
  /** The folder of plugins that were added. */
  readonly plugins?: string;
}

const sources = new WeakMap<Registry, RegistrySource>();

/** Notes how another process opens the guides of a registry. */
export function withSource(registry: Registry, source: RegistrySource): Registry {
  sources.set(registry, source);
  return registry;
}

/** Returns how another process opens the guides of a registry; undefined if it was put together by hand. */
export const sourceOf = (registry: Registry): RegistrySource | undefined => sources.get(registry);

/** The exports of a guide file. */
export interface GuideModule {
  readonly default: GuideFactory<unknown>;
  readonly future?: FutureSpec<unknown>;
}

/** Returns the registry entry of a guide file. */
export const registered = ({ default: guide, future }: GuideModule): RegisteredGuide =>
  future === undefined ? guide : { ...guide, future };

/** Returns the error message for a name that no guide has. */
export function unknownGuide(name: string, registry: Registry): string {
  const names = [...registry.keys()];
  const meant = nearest(name, names);
  const suggestion = meant === undefined ? '' : `, did you mean "${meant}"?`;
  return `no guide is named "${name}"${suggestion} (there are ${names.join(', ')}; a guide of your own needs --plugins DIR)`;
}
