import type { Problem } from '../errors.js';
import type { Judge, Score } from './judge.js';
import { isWords, problem, readTargets, shown, type Reading } from './targets.js';
import { winkTagger } from './wink.js';

/** https://universaldependencies.org/u/pos */
export const UNIVERSAL_TAGS: ReadonlySet<string> = new Set(
  'ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X'.split(' '),
);
const ANY = '*';

/** The tags that one place allows; undefined allows any. */
type Place = ReadonlySet<string> | undefined;

/**
 * Share of the target's places whose word has the tag, by wink-nlp's tagger: the word-level match of Li et al. 2022, section 5, whose
 * code also goes position by position over the target. A place beyond the end of the text is wrong; words beyond the target's
 * end cost nothing, as in the paper, and stand in the detail.
 * A tag is a Universal tag, several of them ("NOUN|PROPN"), or "*"; a leading START and a trailing END are ignored.
 */
export const posJudge: Judge = {
  name: 'pos',
  async score(texts, targets) {
    const places = readTargets('pos', texts, targets, readTags);
    const tag = await winkTagger();
    return texts.map((words, i) => compare(words, tag(words), places[i]!));
  },
};

function compare(words: readonly string[], tags: readonly string[], places: readonly Place[]): Score {
  const wrong: string[] = [];
  places.forEach((allowed, i) => {
    const tag = tags[i];
    if (tag === undefined) wrong.push(`no word ${i + 1}`);
    else if (allowed !== undefined && !allowed.has(tag)) wrong.push(`${words[i]} is ${tag}, not ${[...allowed].join(' or ')}`);
  });
  const value = (places.length - wrong.length) / places.length;
  const extra = words.length - places.length;
  if (extra > 0) wrong.push(`${extra} extra ${extra === 1 ? 'word' : 'words'}`);
  return wrong.length === 0 ? { value } : { value, detail: wrong.join('; ') };
}

function readTags({ tags }: Readonly<Record<string, unknown>>): Reading<Place[]> {
  if (!isWords(tags)) return problem('/tags', `expected an array of Universal tags, got ${shown(tags)}`);
  const from = tags[0] === 'START' ? 1 : 0;
  const to = tags.length > from && tags.at(-1) === 'END' ? tags.length - 1 : tags.length;
  if (to === from) return problem('/tags', 'expected at least one tag between START and END');
  const problems: Problem[] = [];
  const places = tags.slice(from, to).map((tag, i): Place => {
    if (tag === ANY) return undefined;
    const allowed = tag.split('|');
    const unknown = allowed.filter((name) => !UNIVERSAL_TAGS.has(name));
    if (unknown.length > 0) {
      const message = `${unknown.map(shown).join(', ')} is no Universal tag: expected ${[...UNIVERSAL_TAGS].join(', ')}, some of them joined by |, or *`;
      problems.push({ path: `/tags/${from + i}`, message });
    }
    return new Set(allowed);
  });
  return problems.length > 0 ? { problems } : { target: places };
}
