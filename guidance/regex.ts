import { type Static, Type } from '@sinclair/typebox';
import type { GuideFactory } from '../lib/guide/contract.js';
import { parseWordRegex } from '../lib/text/word-regex.js';
import { automatonOfPattern, ignoreCase, lists, patternProblems } from './parts/pattern-meanings.js';

const options = Type.Object({
  pattern: Type.String({
    minLength: 1,
    maxLength: 10_000,
    description:
      'A regular expression over words that the whole text matches: `The .{1,3} is [cheap|<ADJ>] (and|but) .* "."`. `.` is any word, `[a|b]` one of these, `[^a|b]` any other, `<ADJ>` a word of a Universal tag, `{area}` a phrase of a list; groups, `|`, `*`, `+`, `?`, `{m,n}`.',
  }),
  lists,
  ignoreCase,
});

type Options = Static<typeof options>;

/** The whole text matches a regular expression over words. */
export default {
  name: 'regex',
  summary: 'The text matches a regular expression over words.',
  options,
  example: {
    pattern: 'The {animal} (is|waits) [old|quiet|green]? .* "."',
    lists: { animal: ['heron', 'old heron'] },
    ignoreCase: false,
  },
  places: ['posterior'],
  trainedAs: { posterior: 'pos' },
  worksUntrained: true,
  check: (row, { model }) => patternProblems(() => parseWordRegex(row.pattern, model.split), '/pattern', row, model),
  create: (context) => ({
    via: 'posterior',
    factors: (row) => ({ automaton: automatonOfPattern(parseWordRegex(row.pattern, context.model.split), row, context) }),
  }),
} satisfies GuideFactory<Options>;
