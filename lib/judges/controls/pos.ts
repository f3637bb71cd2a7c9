import type { Problem } from '../../base/errors.js';
import { PENN_TAGS, UNIVERSAL_TAGS } from '../../text/tag-sets.js';
import { type Judge, JudgeUnavailable, type Mark, type Score } from '../judge.js';
import { CORENLP, type Parser } from '../parsers/parser.js';
import { universalTags } from '../parsers/universal-tags.js';
import { markEnd, markWords } from './marks.js';
import { isWords, problem, type Reading, readJudgeOptions, shown } from './target-options.js';
import { winkTagger } from './wink.js';

const ANY = '*';

type TagSet = 'universal' | 'penn';

/** The tags that one place allows, of one set; undefined allows any. */
type TagSlot = { readonly set: TagSet; readonly tags: ReadonlySet<string> } | undefined;

/** The tags of a text in each set that its target speaks of. */
type Tagged = Readonly<Record<TagSet, readonly string[]>>;

/** Tags of each text, one a word. */
type Tagger = (texts: readonly (readonly string[])[]) => Promise<(readonly string[])[]>;

export interface PosParsers {
  /** Its tags judge Penn tags where it is Stanford CoreNLP. */
  readonly parser?: Parser;
  /** Its trees judge Universal tags, and its tags Penn tags where it is Stanford CoreNLP. Default: wink-nlp judges Universal tags. */
  readonly tagger?: Parser;
}

/**
 * Share of the target's places whose word has the tag: the word-level match of Li et al. 2022, section 5, which their code computes in the
 * same way (`score_pos_em`: the text's tags are cut, or filled with PAD, to the target's length). A place beyond the end of the text is
 * wrong; words beyond the target's end cost nothing. Beside it the share of the longer of both, so that every extra word is wrong, and the
 * edit similarity that the code prints first: 1 - edit distance of the tag sequences / tags of the target (below 0 it is 0 here).
 * A tag is a Universal tag, judged by wink-nlp's tagger or by the trees of a parser, or a Penn tag, judged by the tagger of Stanford
 * CoreNLP; several of one set ("NOUN|PROPN"), or "*". A leading START and a trailing END are ignored.
 */
export function posJudge({ parser, tagger }: PosParsers = {}): Judge {
  const penn = [tagger, parser].find((one) => one?.name === CORENLP);
  const universal = tagger ? (tagger.name ?? 'a parser') : 'wink-nlp';
  const taggers = { universal: tagger ? treeTagger(tagger) : byWink, penn: penn ? pennTagger(penn) : byNone };
  return {
    name: 'pos',
    by: penn && penn !== tagger ? `${universal} (Penn tags: ${CORENLP})` : universal,
    async score(texts, targets) {
      const places = readJudgeOptions('pos', texts, targets, readTags);
      const tagged = await tag(texts, places, taggers);
      return texts.map((words, i) => compare(words, tagged[i]!, places[i]!));
    },
  };
}

const byWink: Tagger = async (texts) => {
  const tagOf = await winkTagger();
  return texts.map((words) => tagOf(words));
};

const treeTagger =
  (parser: Parser): Tagger =>
  async (texts) => {
    const parses = await parser.parse(texts);
    return texts.map((words, i) => universalTags(words, parses[i]!));
  };

const pennTagger =
  (parser: Parser): Tagger =>
  async (texts) =>
    (await parser.parse(texts)).map(({ tags }) => tags);

const byNone: Tagger = () =>
  Promise.reject(new JudgeUnavailable(`Penn tags need the tagger of ${CORENLP} (\`--parser corenlp\`, see docs/evaluation.md)`));

/** Asks each tagger about the texts whose target speaks of its tags. */
async function tag(
  texts: readonly (readonly string[])[],
  places: readonly (readonly TagSlot[])[],
  taggers: Readonly<Record<TagSet, Tagger>>,
): Promise<Tagged[]> {
  const tagsBy = async (set: TagSet): Promise<ReadonlyMap<number, readonly string[]>> => {
    const asked = [...places.keys()].filter((i) => places[i]!.some((place) => place?.set === set));
    const tags = asked.length === 0 ? [] : await taggers[set](asked.map((i) => texts[i]!));
    return new Map(asked.map((i, k) => [i, tags[k]!] as const));
  };
  const [universal, penn] = [await tagsBy('universal'), await tagsBy('penn')];
  return texts.map((_, i) => ({ universal: universal.get(i) ?? [], penn: penn.get(i) ?? [] }));
}

function compare(words: readonly string[], tags: Tagged, places: readonly TagSlot[]): Score {
  const wrong: { readonly detail: string; readonly mark: Mark }[] = [];
  places.forEach((place, i) => {
    const found = place && tags[place.set][i];
    const wanted = place ? [...place.tags].join(' or ') : 'any word';
    if (i >= words.length) wrong.push({ detail: `no word ${i + 1}`, mark: markEnd(words, `no word, expected ${wanted}`) });
    else if (place && !place.tags.has(found!)) {
      const note = `${found}, not ${wanted}`;
      wrong.push({ detail: `${words[i]} is ${note}`, mark: markWords(words, i, i + 1, note) });
    }
  });
  const right = places.length - wrong.length;
  const extra = words.length - places.length;
  if (extra > 0)
    wrong.push({
      detail: `${extra} extra ${extra === 1 ? 'word' : 'words'}`,
      mark: markWords(words, places.length, words.length, 'extra'),
    });
  const score = {
    value: right / places.length,
    also: {
      'extra words wrong': right / Math.max(places.length, words.length),
      'edit similarity': Math.max(0, 1 - editDistance(words.length, tags, places) / places.length),
    },
  };
  if (wrong.length === 0) return score;
  return { ...score, detail: wrong.map(({ detail }) => detail).join('; '), marks: wrong.map(({ mark }) => mark) };
}

/** Fewest tags to put in, take out and change (Levenshtein 1966) until the text has the tags that the places allow. */
function editDistance(length: number, tags: Tagged, places: readonly TagSlot[]): number {
  const fits = (word: number, place: TagSlot): boolean => place === undefined || place.tags.has(tags[place.set][word]!);
  let above = Array.from({ length: places.length + 1 }, (_, place) => place);
  for (let word = 0; word < length; word++) {
    const row = [word + 1];
    places.forEach((place, k) => row.push(Math.min(above[k]! + (fits(word, place) ? 0 : 1), above[k + 1]! + 1, row[k]! + 1)));
    above = row;
  }
  return above[places.length]!;
}

function readTags({ tags }: Readonly<Record<string, unknown>>): Reading<TagSlot[]> {
  if (!isWords(tags)) return problem('/tags', `expected an array of Universal or Penn tags, got ${shown(tags)}`);
  const from = tags[0] === 'START' ? 1 : 0;
  const to = tags.length > from && tags.at(-1) === 'END' ? tags.length - 1 : tags.length;
  if (to === from) return problem('/tags', 'expected at least one tag between START and END');
  const problems: Problem[] = [];
  const places = tags.slice(from, to).map((text, i): TagSlot => {
    if (text === ANY) return undefined;
    const names = text.split('|');
    if (names.every((name) => UNIVERSAL_TAGS.includes(name))) return { set: 'universal', tags: new Set(names) };
    if (names.every((name) => PENN_TAGS.includes(name))) return { set: 'penn', tags: new Set(names) };
    problems.push({ path: `/tags/${from + i}`, message: `${shown(text)} is no tag: ${expectedTags}` });
    return undefined;
  });
  return problems.length > 0 ? { problems } : { target: places };
}

const expectedTags = `expected one of the Universal tags ${UNIVERSAL_TAGS.join(' ')}, a Penn tag, some of one set joined by |, or ${ANY}`;
