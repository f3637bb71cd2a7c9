import { IRREGULAR_FORMS } from '../../lib/text/irregular-forms.js';

const VOWEL_GROUPS = /[aeiouy]+/g;

/**
 * Returns the inflected forms of an English word in lower case: plural and third person (-s), past (-ed), -ing, and those of a table of
 * irregular words, which have no -ed. It has no comparatives. A word of one or two letters has only those of the table.
 */
export function inflectionsOf(base: string): readonly string[] {
  const irregular = IRREGULAR_FORMS.get(base);
  const forms = irregular ?? [];
  if (base.length < 3 || !/^\p{L}+$/u.test(base)) return [...forms, ...(irregular && base.length === 2 ? [`${base}ing`] : [])];
  const stems = stemsOf(base);
  const past = irregular ? [] : stems.map((stem) => (stem.endsWith('e') ? `${stem}d` : `${stem.replace(CONSONANT_Y, '$1i')}ed`));
  const participles = stems.map((stem) => `${stem.replace(/ie$/, 'y').replace(/(?<![eoy])e$/, '')}ing`);
  return [...forms, ...pluralsOf(base), ...past, ...participles];
}

const CONSONANT_Y = /([^aeiou])y$/;

function pluralsOf(base: string): string[] {
  if (/(?:s|x|z|ch|sh)$/.test(base)) return [`${base}es`];
  if (CONSONANT_Y.test(base)) return [base.replace(CONSONANT_Y, '$1ies')];
  return /[^aeiou]o$/.test(base) ? [`${base}s`, `${base}es`] : [`${base}s`];
}

/** Returns the spellings to which -ed and -ing are added: the last consonant is doubled after one short vowel, with several syllables perhaps. */
function stemsOf(base: string): string[] {
  if (!/[^aeiou][aeiouy][^aeiouwxy]$/.test(base)) return [base];
  const doubled = base + base.at(-1)!;
  return (base.match(VOWEL_GROUPS) ?? []).length === 1 ? [doubled] : [base, doubled];
}
