import { type Static, Type } from '@sinclair/typebox';
import { type Automaton, automatonOfMachine } from '../lib/automaton/index.js';
import type { GuideFactory, ModelInfo } from '../lib/guide/contract.js';
import { naturalSpacing, plainSpacing, type Spacing } from './parts/spacing.js';
import { wordLevelProblems } from './parts/vocabulary-words.js';

const count = (description: string) => Type.Integer({ minimum: 0, maximum: 2000, description });

const options = Type.Object({
  characters: Type.Union([
    count('Characters of the text, spaces included: Unicode code points.'),
    Type.Object({ min: Type.Optional(count('Fewest characters.')), max: Type.Optional(count('Most characters.')) }),
  ]),
});

type Options = Static<typeof options>;

/** The text as it is written, with its spaces, has exactly, at least or at most so many characters. */
export default {
  name: 'characters',
  summary: 'The text as typed, spaces included, has a number of characters: exact or in a range.',
  options,
  example: { characters: 24 },
  places: ['posterior'],
  check({ characters }, { model }) {
    const problems = wordLevelProblems(model, '/characters');
    const { min, max } = boundsOf(characters);
    if (min > max) problems.push({ path: '/characters', message: `expected min at most max, got ${min} and ${max}` });
    return problems;
  },
  create({ model }) {
    const compiled = new Map<string, Automaton>();
    let spacing: Spacing | undefined;
    return {
      via: 'posterior',
      factors({ characters }) {
        const key = JSON.stringify(characters);
        if (!compiled.has(key)) {
          spacing ??= spacingOf(model);
          compiled.set(key, counted(spacing, boundsOf(characters), model));
        }
        return { automaton: compiled.get(key)! };
      },
    };
  },
} satisfies GuideFactory<Options>;

interface Bounds {
  readonly min: number;
  readonly max: number;
}

const boundsOf = (characters: Options['characters']): Bounds =>
  typeof characters === 'number' ? { min: characters, max: characters } : { min: 0, max: Infinity, ...characters };

function spacingOf({ vocabulary, detokenize }: ModelInfo): Spacing {
  if (detokenize(['a', 'b']) === 'ab') return plainSpacing(vocabulary, 0);
  return detokenize(['a', ',']) === 'a ,' ? plainSpacing(vocabulary, 1) : naturalSpacing(vocabulary);
}

/** Returns the automaton of the texts with a number of characters. A state is that of the spacing and the characters so far. */
function counted(spacing: Spacing, { min, max }: Bounds, { vocabulary }: ModelInfo): Automaton {
  const most = max === Infinity ? min : max; // more make no difference
  const after = (characters: number) => (max === Infinity ? Math.min(characters, most) : characters);
  const stateOf = (joined: number, characters: number) => joined * (most + 1) + characters;
  return automatonOfMachine<number>(
    {
      start: [stateOf(spacing.start, 0)],
      classOf(token) {
        const length = [...vocabulary.tokens[token]!].length;
        return length > max ? undefined : `${spacing.classOf.get(token)!} ${after(length)}`;
      },
      next(state, tokenClass) {
        const [of, length] = tokenClass.split(' ').map(Number) as [number, number];
        const characters = (state % (most + 1)) + length;
        return spacing.arcs[Math.floor(state / (most + 1))]![of]!.flatMap(({ to, spaces }) =>
          characters + spaces > max ? [] : [stateOf(to, after(characters + spaces))],
        );
      },
      accepts(state) {
        const characters = state % (most + 1);
        const ends = spacing.ends[Math.floor(state / (most + 1))]!;
        return ends.some((spaces) => characters + spaces >= min && characters + spaces <= max);
      },
    },
    vocabulary,
  );
}
