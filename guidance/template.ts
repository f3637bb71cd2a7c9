import { type Static, Type } from '@sinclair/typebox';
import type { GuideFactory } from '../lib/guide/contract.js';
import { parseTemplate } from '../lib/text/template.js';
import { automatonOfPattern, ignoreCase, lists, patternProblems } from './parts/pattern-meanings.js';

const options = Type.Object({
  template: Type.String({
    minLength: 1,
    maxLength: 10_000,
    description:
      'Fixed text with gaps: `<ADJ>` is a word with a Universal tag, `{name}` a phrase of a list, `_` one word, `_:3` three, `_:2-4` two to four, `_:2-` two or more, `...` any number.',
  }),
  lists,
  ignoreCase,
});

type Options = Static<typeof options>;

/** The text is a template with gaps for words of a kind. */
export default {
  name: 'template',
  summary: 'Fixed text with gaps for words with a tag or phrases of a list.',
  options,
  example: { template: 'The {animal} is _:1-3, and ... .', lists: { animal: ['heron', 'old heron'] }, ignoreCase: false },
  places: ['posterior'],
  trainedAs: { posterior: 'pos' },
  worksUntrained: true,
  check: (row, { model }) => patternProblems(() => parseTemplate(row.template, model.split), '/template', row, model),
  create: (context) => ({
    via: 'posterior',
    factors: (row) => ({ automaton: automatonOfPattern(parseTemplate(row.template, context.model.split), row, context) }),
  }),
} satisfies GuideFactory<Options>;
