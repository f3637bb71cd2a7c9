import { splitWords } from '../../text/split-words.js';
import { DENIALS, DENIALS_OF, PLACES, SURFACE_FORMS } from './surface-forms.js';

/** Normalises words to lower case without accents and hyphens, a space before and after each. */
export function plain(words: readonly string[]): string {
  const kept = words.flatMap((word) =>
    word.normalize('NFD').replace(/\p{M}/gu, '').replace(/’/gu, "'").toLowerCase().split(/[-–—]/u),
  );
  return ` ${kept.filter((word) => word !== '').join(' ')} `;
}

/** Words that begin another statement, which neither a gap nor a denial crosses. */
const OTHER_STATEMENT = 'and|but|with|it|its|which|that|while|although|near|in|serves|located|has|yet|however';
const OTHER_SLOT = 'price|prices|priced|rating|ratings|rated|customer|customers|friendly';
const GAP = `(?:(?!(?:${OTHER_STATEMENT}|${OTHER_SLOT}|${DENIALS.replaceAll('/', '|')}) )[a-z0-9']+ ){0,2}`;
const REACH = `(?:(?!(?:${OTHER_STATEMENT}|only|just) )[a-z0-9']+ ){0,4}`;
const deniedBefore = (words: string): RegExp => new RegExp(` (?:${words.replaceAll('/', '|')}) ${REACH}$`);
const DENIED_AFTER = /^(?:(?:is|are|was|were|do|does|should|would|will|can) )?(?:not|n't|never) (?!only )/;

/** Compiles a phrase of `surface-forms.ts`; a match starts after a space and includes the space after it. */
export function phrasePattern(phrase: string): RegExp {
  const items = phrase.split(' ').map((item) => {
    if (item === '~') return GAP;
    if (item === '/') return '/ ';
    const [, words, optional] = /^(.+?)(\??)$/.exec(item)!;
    const either = words!.split('/').map((word) => (word.endsWith('*') ? `${escaped(word.slice(0, -1))}[a-z']*` : escaped(word)));
    return `(?:(?:${either.join('|')}) )${optional}`;
  });
  return new RegExp(`(?<= )${items.join('')}`, 'g');
}

const escaped = (word: string): string => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Returns whether a text states any of the phrases, and whether it denies one before. */
function saysAny(
  text: string,
  patterns: readonly RegExp[],
  denial: RegExp,
): { readonly said: boolean; readonly denied: boolean } {
  let denied = false;
  for (const pattern of patterns) {
    for (const match of text.matchAll(pattern)) {
      if (!isDenied(text, match.index, match[0].length, denial)) return { said: true, denied };
      denied = true;
    }
  }
  return { said: false, denied };
}

const isDenied = (text: string, from: number, length: number, denial: RegExp): boolean =>
  denial.test(text.slice(0, from)) || DENIED_AFTER.test(text.slice(from + length));

/** Names of the slots by their spellings, without case, spaces and underscores. */
const SLOTS: Readonly<Record<string, string>> = {
  name: 'name',
  near: 'near',
  eattype: 'eatType',
  type: 'eatType',
  food: 'food',
  price: 'priceRange',
  pricerange: 'priceRange',
  rating: 'customer rating',
  customerrating: 'customer rating',
  area: 'area',
  family: 'familyFriendly',
  familyfriendly: 'familyFriendly',
  kidfriendly: 'familyFriendly',
};

/** Returns the slot of a spelling: `Type` and `eat type` are `eatType`. An unknown one stays. */
export const slotNamed = (slot: string): string => SLOTS[bare(slot)] ?? slot;

const bare = (text: string): string => text.toLowerCase().replace(/[\s_]/g, '');

/** Returns whether two spellings are the same value, up to case, spaces and underscores. */
export const isSameValue = (a: string, b: string): boolean => bare(a) === bare(b);

/**
 * Returns a test of whether a text (as `plain` writes it) states a value: in one of the surface forms of the slot, or literally if the value
 * has none. A name counts anywhere.
 */
export function statement(slot: string, value: string): (text: string) => boolean {
  const name = slotNamed(slot);
  const ofSlot = SURFACE_FORMS[name] ?? {};
  const known = Object.keys(ofSlot).find((one) => isSameValue(one, value));
  if (name === 'name' || name === 'near') return (text) => text.includes(` ${literal(value)} `);
  const denial = deniedBefore([DENIALS, ...(DENIALS_OF[name] === undefined ? [] : [DENIALS_OF[name]])].join('/'));
  const patterns = (known === undefined ? [literal(value)] : ofSlot[known]!).map(phrasePattern);
  if (name !== 'familyFriendly' || known === undefined) return (text) => saysAny(withoutPlaces(text), patterns, denial).said;
  const [yes, no] = [ofSlot['yes']!.map(phrasePattern), ofSlot['no']!.map(phrasePattern)];
  return (text) => {
    const [families, adults] = [saysAny(text, yes, denial), saysAny(text, no, denial)];
    const unfriendly = adults.said || families.denied; // denying one states the other
    return known === 'no' ? unfriendly : families.said && !unfriendly;
  };
}

const places = PLACES.map(phrasePattern);
const withoutPlaces = (text: string): string => places.reduce((rest, place) => rest.replace(place, '_ '), text);

/** Returns the value itself as a phrase, without the article of a name. */
function literal(value: string): string {
  const words = plain(splitWords(value)).trim().split(' ');
  return words[0] === 'the' && words.length > 1 ? words.slice(1).join(' ') : words.join(' ');
}
