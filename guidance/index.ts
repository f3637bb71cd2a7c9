import { type GuideModule, registered, type Registry, withSource } from '../lib/guide/registry.js';
import * as attribute from './attribute.js';
import * as characters from './characters.js';
import * as classify from './classify.js';
import * as except from './except.js';
import * as grammar from './grammar.js';
import * as infill from './infill.js';
import * as length from './length.js';
import * as metre from './metre.js';
import * as only from './only.js';
import * as pos from './pos.js';
import * as regex from './regex.js';
import { rewardGuide } from './reward.js';
import * as rhyme from './rhyme.js';
import * as similar from './similar.js';
import * as spans from './spans.js';
import * as syllables from './syllables.js';
import * as template from './template.js';
import * as tree from './tree.js';
import * as words from './words.js';

// The exports of a module of `reward`.
export type { ExpectedReward, ExpectedRewardValue } from './parts/expected-reward.js';
export type { RewardFunction } from './parts/reward-module.js';

/**
 * Returns the guides that come with diffusteer.
 *
 * @param options with `modules`, the folder whose files `reward` may run if a config names them; none by default
 */
export function guidesWith({ modules }: { readonly modules?: string | undefined } = {}): Registry {
  const files: readonly GuideModule[] = [
    attribute,
    characters,
    classify,
    except,
    grammar,
    infill,
    length,
    metre,
    only,
    pos,
    regex,
    { default: rewardGuide(modules) },
    rhyme,
    similar,
    spans,
    syllables,
    template,
    tree,
    words,
  ];
  const guides = new Map(files.map(registered).map((guide) => [guide.name, guide]));
  return withSource(guides, { module: import.meta.url, options: { modules } });
}

/** The guides of `guidesWith()`: `reward` runs no file that a config names. */
export const builtInGuides: Registry = guidesWith();
