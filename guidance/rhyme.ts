import { type Static, Type } from '@sinclair/typebox';
import { inputError, type Problem } from '../lib/base/errors.js';
import type { GuideFactory } from '../lib/guide/contract.js';
import type { Pronounce } from '../lib/text/pronunciation.js';
import { wordLevelProblems } from './parts/vocabulary-words.js';
import { type AskedVerse, unknownOption, verseGuide } from './parts/verse-guide.js';
import { endingsOf, rhymes, type Ending } from './parts/verse-sounds.js';
import type { Poem, VerseLine } from './parts/verse.js';

const word = Type.String({ minLength: 1 });
const syllables = (description: string) => Type.Integer({ minimum: 1, maximum: 200, description });

const options = Type.Object({
  with: Type.Optional(
    Type.Union([word, Type.Array(word, { minItems: 1 })], {
      description: 'The word to rhyme with; with several rhymes, one for each letter of the scheme in its order.',
    }),
  ),
  lines: Type.Optional(
    Type.Array(
      Type.Union([
        syllables('Syllables of the line.'),
        Type.Object({ min: syllables('Fewest syllables.'), max: syllables('Most syllables.') }),
      ]),
      {
        minItems: 1,
        maxItems: 40,
        description: 'Syllables of each line whose last word may rhyme. Default: the text is one line.',
      },
    ),
  ),
  scheme: Type.Optional(
    Type.String({
      pattern: '^[a-z-]+$',
      description: 'A letter for each line: lines of the same letter rhyme, "-" need not. Default: all rhyme, "aa".',
    }),
  ),
  unknown: unknownOption,
});

type Options = Static<typeof options>;

/** The last word of the text, or of its lines, rhymes. */
export default {
  name: 'rhyme',
  summary: 'The last word rhymes with a given word, or the last words of lines with each other.',
  options,
  example: { with: 'fond', unknown: 'refuse' },
  places: ['posterior'],
  check(row, { model }) {
    const problems = wordLevelProblems(model, '');
    return problems.length > 0 ? problems : optionProblems(row);
  },
  create: (context) =>
    verseGuide<Options>('rhyme', context, (row, pronounce) =>
      askedBy(
        row,
        pronounce,
        context.model.vocabulary.tokens.flatMap((token) => endingsOf(token, pronounce(token))),
      ),
    ),
} satisfies GuideFactory<Options>;

function optionProblems(row: Options): Problem[] {
  const { with: given, lines, scheme } = row;
  const letters = lettersOf(row);
  const words = given === undefined ? [] : [given].flat();
  const several = [...new Set(letters)];
  const problems: Problem[] = (lines ?? []).flatMap((line, i) =>
    typeof line === 'object' && line.min > line.max
      ? [{ path: `/lines/${i}`, message: `expected min at most max, got ${line.min} and ${line.max}` }]
      : [],
  );
  if (lines === undefined && scheme !== undefined)
    return [...problems, { path: '/scheme', message: 'gives a letter to each of "lines", which are missing' }];
  if (lines && scheme !== undefined && scheme.length !== lines.length)
    problems.push({ path: '/scheme', message: `expected a letter for each of ${lines.length} lines, got ${scheme.length}` });
  if (words.length > 0 && words.length !== several.length)
    problems.push({
      path: '/with',
      message: `expected a word for each of the ${several.length} rhymes (${several.join(', ')}), got ${words.length}`,
    });
  const single = several.filter((letter) => letters.filter((other) => other === letter).length === 1);
  if (words.length === 0 && (single.length > 0 || several.length === 0))
    problems.push({
      path: '/with',
      message: lines
        ? `expected a word to rhyme with, since ${single.map((letter) => `"${letter}"`).join(' and ') || 'no letter'} stands for one line only; or another "scheme"`
        : 'expected a word to rhyme with, or "lines" that rhyme with each other',
    });
  return problems;
}

/** Returns the letters of the lines that rhyme. */
function lettersOf({ lines, scheme }: Options): string[] {
  const written = scheme ?? 'a'.repeat(lines?.length ?? 1);
  return [...written].filter((letter) => letter !== '-');
}

function askedBy(row: Options, pronounce: Pronounce, known: readonly Ending[]): AskedVerse {
  const { with: given, lines, scheme } = row;
  const several = [...new Set(lettersOf(row))];
  const words = given === undefined ? [] : [given].flat();
  const endings = new Map(words.map((one, i) => [several[i]!, givenEndings(one, pronounce, known)]));
  const poem: Poem = {
    given: endings,
    lines: lines ? lines.map((line, i) => lineOf(line, scheme?.[i] ?? 'a')) : [{ min: 1, max: Infinity, rhyme: 'a', free: true }],
  };
  const isOpen = several.some((letter) => !endings.has(letter));
  const partners = new Map<string, Ending>(); // by tail, one of its words
  const shared = new Set<string>();
  for (const one of isOpen ? known : []) {
    const other = partners.get(one.tail);
    if (other && rhymes(other, one)) shared.add(one.tail);
    partners.set(one.tail, other ?? one);
  }
  const asked = [...endings.values()].flat();
  return {
    poem,
    showsLines: lines !== undefined,
    stresses: false,
    firstOnly: lines !== undefined, // endings are remembered: several readings of a line would be too many states
    endings: (ending) => shared.has(ending.tail) || asked.some((one) => rhymes(one, ending)),
  };
}

function lineOf(line: number | { readonly min: number; readonly max: number }, letter: string): VerseLine {
  const { min, max } = typeof line === 'number' ? { min: line, max: line } : line;
  return { min, max, rhyme: letter === '-' ? undefined : letter };
}

/** Returns the endings of a given word. @throws InputError if it has no known pronunciation, or no word of the model rhymes with it */
function givenEndings(given: string, pronounce: Pronounce, known: readonly Ending[]): Ending[] {
  const endings = endingsOf(given, pronounce(given));
  if (endings.length === 0)
    throw inputError('/with', `the pronouncing dictionary has no "${given}"; give another word of the same sound`);
  if (!known.some((one) => endings.some((own) => rhymes(own, one))))
    throw inputError('/with', `no word of the vocabulary of this model rhymes with "${given}"; give another word`);
  return endings;
}
