import type { Problem } from '../../base/errors.js';
import { PENN_TAGS, UNIVERSAL_TAGS } from '../../text/tag-sets.js';
import { type Judge, JudgeUnavailable, type Mark, type Score } from '../judge.js';
import { CORENLP, type Parser } from '../parsers/parser.js';
import { universalTags } from '../parsers/universal-tags.js';
import { winkTagger } from '../parsers/wink-tagger.js';
import { markEnd, markWords } from './marks.js';
import { isWords, problem, type Reading, readJudgeOptions, shown } from './target-options.js';

const ANY = '*';

type TagSet = 'universal' | 'penn';

/** The tags of one set that a position allows; undefined allows any tag. */
type TagSlot = { readonly set: TagSet; readonly tags: ReadonlySet<string> } | undefined;

/** The tags of a text, in each tag set that its target uses. */
type Tagged = Readonly<Record<TagSet, readonly string[]>>;

/** Returns the tags of each text, one per word. */
type Tagger = (texts: readonly (readonly string[])[]) => Promise<(readonly string[])[]>;

/** The parsers that may judge tags. */
export interface PosParsers {
  /** Its tags judge Penn tags if it is Stanford CoreNLP. */
  readonly parser?: Parser;
  /** Its trees judge Universal tags, and its tags Penn tags if it is Stanford CoreNLP. Default: wink-nlp judges Universal tags. */
  readonly tagger?: Parser;
}

/**
 * Builds the judge of `pos`: the share of the target's tags that the words at their positions have. This is the word-level match of Li et
 * al. 2022, section 5, as their code computes it (`score_pos_em`: the text's tags are cut, or filled with PAD, to the target's length). A
 * tag beyond the end of the text is missed; words beyond the target's end cost nothing. Also given: the share of the longer one of text and
 * target, so that every extra word is wrong, and the edit similarity that their code prints first: 1 - edit distance of the tag sequences /
 * tags of the target (here at least 0).
 *
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
      const slots = readJudgeOptions('pos', texts, targets, readTags);
      const tagged = await tag(texts, slots, taggers);
      return texts.map((words, i) => compare(words, tagged[i]!, slots[i]!));
    },
    slots(target) {
      const [slots] = readJudgeOptions('pos', [[]], [target], readTags);
      return slots!.map((slot) => (slot ? [...slot.tags].join('|') : ANY));
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

/** Tags each text with the taggers whose tags its target uses. */
async function tag(
  texts: readonly (readonly string[])[],
  slots: readonly (readonly TagSlot[])[],
  taggers: Readonly<Record<TagSet, Tagger>>,
): Promise<Tagged[]> {
  const tagsBy = async (set: TagSet): Promise<ReadonlyMap<number, readonly string[]>> => {
    const asked = [...slots.keys()].filter((i) => slots[i]!.some((slot) => slot?.set === set));
    const tags = asked.length === 0 ? [] : await taggers[set](asked.map((i) => texts[i]!));
    return new Map(asked.map((i, k) => [i, tags[k]!] as const));
  };
  const [universal, penn] = [await tagsBy('universal'), await tagsBy('penn')];
  return texts.map((_, i) => ({ universal: universal.get(i) ?? [], penn: penn.get(i) ?? [] }));
}

function compare(words: readonly string[], tags: Tagged, slots: readonly TagSlot[]): Score {
  const wrong: { readonly detail: string; readonly mark: Mark }[] = [];
  slots.forEach((slot, i) => {
    const found = slot && tags[slot.set][i];
    const wanted = slot ? [...slot.tags].join(' or ') : 'any word';
    if (i >= words.length) wrong.push({ detail: `no word ${i + 1}`, mark: markEnd(words, `no word, expected ${wanted}`) });
    else if (slot && !slot.tags.has(found!)) {
      const note = `${found}, not ${wanted}`;
      wrong.push({ detail: `${words[i]} is ${note}`, mark: markWords(words, i, i + 1, note) });
    }
  });
  const right = slots.length - wrong.length;
  const extra = words.length - slots.length;
  if (extra > 0)
    wrong.push({
      detail: `${extra} extra ${extra === 1 ? 'word' : 'words'}`,
      mark: markWords(words, slots.length, words.length, 'extra'),
    });
  const score = {
    value: right / slots.length,
    also: {
      'extra words wrong': right / Math.max(slots.length, words.length),
      'edit similarity': Math.max(0, 1 - tagDistance(words.length, tags, slots) / slots.length),
    },
  };
  if (wrong.length === 0) return score;
  return { ...score, detail: wrong.map(({ detail }) => detail).join('; '), marks: wrong.map(({ mark }) => mark) };
}

/** Returns the edit distance (Levenshtein 1966) from the tags of the text to tags that the slots allow. */
function tagDistance(length: number, tags: Tagged, slots: readonly TagSlot[]): number {
  const fits = (word: number, slot: TagSlot): boolean => slot === undefined || slot.tags.has(tags[slot.set][word]!);
  let above = Array.from({ length: slots.length + 1 }, (_, slot) => slot);
  for (let word = 0; word < length; word++) {
    const row = [word + 1];
    slots.forEach((slot, k) => row.push(Math.min(above[k]! + (fits(word, slot) ? 0 : 1), above[k + 1]! + 1, row[k]! + 1)));
    above = row;
  }
  return above[slots.length]!;
}

function readTags({ tags }: Readonly<Record<string, unknown>>): Reading<TagSlot[]> {
  if (!isWords(tags)) return problem('/tags', `expected an array of Universal or Penn tags, got ${shown(tags)}`);
  const from = tags[0] === 'START' ? 1 : 0;
  const to = tags.length > from && tags.at(-1) === 'END' ? tags.length - 1 : tags.length;
  if (to === from) return problem('/tags', 'expected at least one tag between START and END');
  const problems: Problem[] = [];
  const slots = tags.slice(from, to).map((text, i): TagSlot => {
    if (text === ANY) return undefined;
    const names = text.split('|');
    if (names.every((name) => UNIVERSAL_TAGS.includes(name))) return { set: 'universal', tags: new Set(names) };
    if (names.every((name) => PENN_TAGS.includes(name))) return { set: 'penn', tags: new Set(names) };
    problems.push({ path: `/tags/${from + i}`, message: `${shown(text)} is no tag: ${expectedTags}` });
    return undefined;
  });
  return problems.length > 0 ? { problems } : { target: slots };
}

const expectedTags = `expected one of the Universal tags ${UNIVERSAL_TAGS.join(' ')}, a Penn tag, some of one set joined by |, or ${ANY}`;
