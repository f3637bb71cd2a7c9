import { type Automaton, automatonOfMachine, type Machine } from '../../lib/automaton/index.js';
import type { Vocabulary } from '../../lib/text/types.js';
import { type Ending, rhymes, type Sound, type VocabularySounds } from './verse-sounds.js';

/** A line of verse. */
export interface VerseLine {
  /** Bounds of its syllables. */
  readonly min: number;
  readonly max: number;
  /** The stress asked of each syllable: `/`, `x`, or `.` for either; undefined for any. */
  readonly stresses?: string | undefined;
  /** The letter of its rhyme; undefined if it need not rhyme. */
  readonly rhyme?: string | undefined;
  /** A line of any words, known or not, of which only the last matters. */
  readonly free?: true;
}

/** The lines of a text. Words do not straddle them; signs without a sound belong to any. */
export interface Poem {
  readonly lines: readonly VerseLine[];
  /** For letters of rhymes, the endings of a given word with which their lines rhyme. */
  readonly given: ReadonlyMap<string, readonly Ending[]>;
}

/**
 * Returns the automaton of the texts that can be read as the lines of a poem, by any pronunciation of their words.
 *
 * @throws InputError if it has too many states, as rhymes without a given word may
 */
export function verseAutomaton(poem: Poem, sounds: VocabularySounds, vocabulary: Vocabulary): Automaton {
  const advice = 'ask for fewer lines, for exact numbers of syllables, or for rhymes with given words (`with`)';
  return automatonOfMachine(verseMachine(poem, sounds), vocabulary, advice);
}

/**
 * Returns the numbers of words after which the lines of a text end: of the first reading that the poem allows. Undefined if there is none.
 *
 * @param tokens ids of the text
 */
export function versesEndAt(poem: Poem, sounds: VocabularySounds, tokens: readonly number[]): number[] | undefined {
  const { start, classOf, next, accepts } = verseMachine(poem, sounds);
  let readings = new Map<string, readonly number[]>(start.map((state) => [state, []]));
  tokens.forEach((token, i) => {
    const reached = new Map<string, readonly number[]>();
    for (const [state, ends] of readings)
      for (const to of next(state, classOf(token) ?? '')) {
        const isOver = !to.includes(AWAITS) && parsed(to).line > ends.length;
        if (!reached.has(to)) reached.set(to, isOver ? [...ends, i + 1] : ends);
      }
    readings = reached;
  });
  return [...readings].find(([state]) => accepts(state))?.[1].slice();
}

/** In a state: between the part of a contraction that must follow and the state after it. */
const AWAITS = '>';

/** A position in a poem. */
interface Position {
  readonly line: number;
  /** Syllables of the line so far. */
  readonly syllables: number;
  /** For each letter of a rhyme that occurs again, the endings of its lines so far. */
  readonly ends: Readonly<Record<string, readonly number[]>>;
}

const stateOf = ({ line, syllables, ends }: Position): string => `${line} ${syllables} ${JSON.stringify(ends)}`;

function parsed(state: string): Position {
  const [line, syllables, ends] = state.split(' ') as [string, string, string];
  return { line: Number(line), syllables: Number(syllables), ends: JSON.parse(ends) as Position['ends'] };
}

function verseMachine(poem: Poem, { ofKey, keyOf, endings }: VocabularySounds): Machine<string> {
  const { lines } = poem;
  const start = stateOf({ line: 0, syllables: 0, ends: {} });
  const mayBeEmpty = lines.length === 1 && lines[0]!.min === 0 && lines[0]!.rhyme === undefined;
  const isFree = lines.some(({ free }) => free);
  return {
    start: [start],
    classOf(token) {
      const key = keyOf.get(token)!;
      const { silent, clitic, alone } = ofKey.get(key)!;
      return silent || clitic !== '' || alone.length > 0 || isFree ? key : undefined;
    },
    next(state, tokenClass) {
      const token = ofKey.get(tokenClass);
      if (!token) return [];
      const [awaited, after] = state.includes(AWAITS) ? (state.split(AWAITS) as [string, string]) : [];
      if (awaited !== undefined) return token.clitic === awaited ? [after!] : [];
      if (token.silent) return [state];
      const position = parsed(state);
      const line = lines[position.line];
      if (!line) return [];
      const said = (sounds: readonly Sound[]) => sounds.flatMap((sound) => advanced(poem, endings, position, sound));
      const contracted = Object.entries(token.before).flatMap(([part, own]) => said(own).map((to) => part + AWAITS + to));
      const passed = line.free && token.alone.length === 0 ? [stateOf({ ...position, syllables: 1 })] : [];
      return [...said(token.alone), ...contracted, ...passed];
    },
    accepts: (state) => (state === start && mayBeEmpty) || (!state.includes(AWAITS) && parsed(state).line === lines.length),
  };
}

/** Returns the states after a word: in the same line, and after its end if the word may end it. */
function advanced(poem: Poem, endings: readonly Ending[], position: Position, { stresses, ending }: Sound): string[] {
  const line = poem.lines[position.line]!;
  const syllables = position.syllables + stresses.length;
  if (syllables > line.max) return [];
  const asked = line.stresses?.slice(position.syllables, syllables) ?? '';
  if ([...asked].some((stress, i) => stress !== '.' && stresses[i] !== '.' && stress !== stresses[i])) return [];
  const states: string[] = [];
  const counted = line.max === Infinity ? Math.min(syllables, line.min) : syllables; // more make no difference
  if (syllables < line.max) states.push(stateOf({ ...position, syllables: counted }));
  const ends = syllables >= line.min ? endsAfter(poem, endings, position, ending) : undefined;
  if (ends) states.push(stateOf({ line: position.line + 1, syllables: 0, ends }));
  return states;
}

/** Returns the endings to remember after a line that ends with a word; undefined if the word does not rhyme as it must. */
function endsAfter(
  { lines, given }: Poem,
  endings: readonly Ending[],
  { line, ends }: Position,
  ending: number,
): Position['ends'] | undefined {
  const { rhyme } = lines[line]!;
  if (rhyme === undefined) return ends;
  const own = endings[ending];
  const others = ends[rhyme] ?? [];
  const asked = given.get(rhyme);
  if (!own || (asked && !asked.some((one) => rhymes(one, own))) || others.some((other) => !rhymes(endings[other]!, own)))
    return undefined;
  const { [rhyme]: _, ...rest } = ends;
  const isLast = !lines.slice(line + 1).some((later) => later.rhyme === rhyme);
  return isLast ? rest : inOrder({ ...rest, [rhyme]: [...others, ending].sort((a, b) => a - b) });
}

/** Orders the letters, so that equal positions are equal states. */
const inOrder = (ends: Position['ends']): Position['ends'] =>
  Object.fromEntries(Object.entries(ends).sort(([a], [b]) => (a < b ? -1 : 1)));
