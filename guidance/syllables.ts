import { type Static, Type } from '@sinclair/typebox';
import type { GuideFactory } from '../lib/guide/contract.js';
import { wordLevelProblems } from './parts/vocabulary-words.js';
import { unknownOption, verseGuide } from './parts/verse-guide.js';
import type { VerseLine } from './parts/verse.js';

const count = (minimum: number, description: string) => Type.Integer({ minimum, maximum: 200, description });

const options = Type.Object({
  syllables: Type.Union([
    count(1, 'Syllables of the text.'),
    Type.Object({ min: Type.Optional(count(0, 'Fewest syllables.')), max: Type.Optional(count(0, 'Most syllables.')) }),
    Type.Array(count(1, 'Syllables of a line.'), {
      minItems: 1,
      maxItems: 40,
      description: 'Syllables of each line: [5, 7, 5] is a haiku. No word straddles the end of a line.',
    }),
  ]),
  unknown: unknownOption,
});

type Options = Static<typeof options>;

/** The text has a number of syllables, or lines of so many each. */
export default {
  name: 'syllables',
  summary: 'The text has a number of syllables, or lines of so many syllables each, as a haiku.',
  options,
  example: { syllables: [2, 3], unknown: 'refuse' },
  places: ['posterior'],
  check({ syllables }, { model }) {
    const problems = wordLevelProblems(model, '/syllables');
    const [{ min, max }] = linesOf(syllables) as [VerseLine];
    if (min > max) problems.push({ path: '/syllables', message: `expected min at most max, got ${min} and ${max}` });
    return problems;
  },
  create: (context) =>
    verseGuide<Options>('syllables', context, ({ syllables }) => ({
      poem: { lines: linesOf(syllables), given: new Map() },
      showsLines: Array.isArray(syllables),
      stresses: false,
    })),
} satisfies GuideFactory<Options>;

function linesOf(syllables: Options['syllables']): readonly VerseLine[] {
  if (Array.isArray(syllables)) return syllables.map((own) => ({ min: own, max: own }));
  return [typeof syllables === 'number' ? { min: syllables, max: syllables } : { min: 0, max: Infinity, ...syllables }];
}
