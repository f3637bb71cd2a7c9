import { type Static, Type } from '@sinclair/typebox';
import type { GuideFactory } from '../lib/guide/contract.js';
import { wordLevelProblems } from './parts/vocabulary-words.js';
import { unknownOption, verseGuide } from './parts/verse-guide.js';
import type { VerseLine } from './parts/verse.js';

/** A pattern of stresses; spaces and bars between feet are ignored. */
const pattern = Type.String({
  pattern: '^[ |]*[x/.][x/. |]*$',
  maxLength: 400,
  description: 'The stress of each syllable: `/` stressed, `x` unstressed, `.` either. Spaces and `|` may divide it into feet.',
});

const options = Type.Object({
  metre: Type.Union([pattern, Type.Array(pattern, { minItems: 1, maxItems: 40, description: 'The pattern of each line.' })]),
  unknown: unknownOption,
});

type Options = Static<typeof options>;

/** The syllables of the text have a pattern of stresses. */
export default {
  name: 'metre',
  summary: 'The stresses of the syllables follow a pattern: x/x/x/x/ is an iambic line.',
  options,
  example: { metre: 'x/x/', unknown: 'refuse' },
  places: ['posterior'],
  check: (_, { model }) => wordLevelProblems(model, '/metre'),
  create: (context) =>
    verseGuide<Options>('metre', context, ({ metre }) => ({
      poem: { lines: [metre].flat().map(metreLine), given: new Map() },
      showsLines: Array.isArray(metre),
      stresses: true,
    })),
} satisfies GuideFactory<Options>;

function metreLine(written: string): VerseLine {
  const stresses = written.replace(/[ |]/g, '');
  return { min: stresses.length, max: stresses.length, stresses };
}
