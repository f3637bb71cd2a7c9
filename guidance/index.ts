import type { GuideFactory, Registry } from '../lib/sampler/guide.js';
import attribute from './attribute.js';
import classify from './classify.js';
import infill from './infill.js';
import length from './length.js';
import pos from './pos.js';
import regex from './regex.js';
import spans from './spans.js';
import template from './template.js';
import tree from './tree.js';
import words from './words.js';

const guides: readonly GuideFactory<unknown>[] = [attribute, classify, infill, length, pos, regex, spans, template, tree, words];

/** The guides that come with diffusteer, by the name that a config gives. */
export const builtInGuides: Registry = new Map(guides.map((guide) => [guide.name, guide]));
