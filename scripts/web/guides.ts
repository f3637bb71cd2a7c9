import * as attribute from '../../guidance/attribute.js';
import * as characters from '../../guidance/characters.js';
import * as classify from '../../guidance/classify.js';
import * as except from '../../guidance/except.js';
import * as grammar from '../../guidance/grammar.js';
import * as infill from '../../guidance/infill.js';
import * as length from '../../guidance/length.js';
import * as only from '../../guidance/only.js';
import * as pos from '../../guidance/pos.js';
import * as regex from '../../guidance/regex.js';
import * as spans from '../../guidance/spans.js';
import * as template from '../../guidance/template.js';
import * as tree from '../../guidance/tree.js';
import * as words from '../../guidance/words.js';
import { type GuideModule, registered, type Registry } from '../../lib/guide/registry.js';

const files: readonly GuideModule[] = [
  ...[attribute, characters, classify, except, grammar, infill, length, only, pos, regex, spans, template, tree, words],
];

/** The guides that work in a browser: all but those that read other files than checkpoints, such as a dictionary of 4 MB or a module of yours. */
export const webGuides: Registry = new Map(files.map(registered).map((guide) => [guide.name, guide]));
