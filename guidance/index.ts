import type { GuideFactory, Registry } from '../lib/guide/contract.js';
import attribute from './attribute.js';
import classify from './classify.js';
import infill from './infill.js';
import length from './length.js';
import pos from './pos.js';
import regex from './regex.js';
import { rewardGuide } from './reward.js';
import spans from './spans.js';
import template from './template.js';
import tree from './tree.js';
import words from './words.js';

// What a module of `reward` exports.
export type { ExpectedReward, ExpectedRewardValue } from './parts/expected-reward.js';
export type { RewardFunction } from './parts/reward-module.js';

/**
 * The guides that come with diffusteer, by the name that a config gives.
 *
 * @param options.modules folder whose files `reward` may run, where a config names them; none by default
 */
export function guidesWith({ modules }: { readonly modules?: string | undefined } = {}): Registry {
  const reward = rewardGuide(modules);
  const guides: readonly GuideFactory<unknown>[] = [
    attribute,
    classify,
    infill,
    length,
    pos,
    regex,
    reward,
    spans,
    template,
    tree,
    words,
  ];
  return new Map(guides.map((guide) => [guide.name, guide]));
}

/** The same, none of which runs a file that a config names. */
export const builtInGuides: Registry = guidesWith();
