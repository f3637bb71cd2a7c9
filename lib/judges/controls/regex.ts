import { splitWords } from '../../text/split-words.js';
import type { Judge, Mark } from '../judge.js';
import { markEnd, markWords } from './marks.js';
import { UNIVERSAL_TAGS } from './tag-sets.js';
import { isRecord, isWords, problem, type Reading, readJudgeOptions, shown } from './target-options.js';
import { winkTagger } from './wink.js';
import { type Meanings, readExpression } from './word-expression.js';
import { departure, type Departure, type Matcher, matchesAll } from './word-matchers.js';

interface Expression {
  readonly matcher: Matcher;
  /** The same with any word for a tag; undefined where there are no tags. */
  readonly tagless?: Matcher;
}

/**
 * 1 where the whole text matches the regular expression over words, else 0; `<TAG>` is a word that wink-nlp gives the Universal tag.
 * Expressions with tags are judged a second time with any word for a tag: what is left is certain, while taggers differ.
 * @param split how words of the pattern are split: as the model's tokenizer does
 */
export function regexJudge(split: (text: string) => readonly string[] = splitWords): Judge {
  return {
    name: 'regex',
    async score(texts, targets) {
      const expressions = readJudgeOptions('regex', texts, targets, (options) => readOptions(options, split));
      const usesTags = expressions.some(({ tagless }) => tagless !== undefined);
      const tag = usesTags ? await winkTagger() : () => [];
      return texts.map((words, i) => {
        const { matcher, tagless } = expressions[i]!;
        const text = { words, tags: tagless ? tag(words) : [] };
        const also = usesTags && { also: { 'tags aside': matchesAll(tagless ?? matcher, text) ? 1 : 0 } };
        if (matchesAll(matcher, text)) return { value: 1, ...also };
        const mark = markOf(words, departure(matcher, text));
        return {
          value: 0,
          ...also,
          detail: `the text leaves the pattern at word ${mark.start + 1}: ${mark.note}`,
          marks: [mark],
        };
      });
    },
  };
}

/** Of what may come at a place, so much is named. */
const NAMED = 4;

/** The word with which a text leaves the pattern, or all that are too many, or where words are missing. */
function markOf(words: readonly string[], { place, expected, mayEnd }: Departure): Mark {
  if (expected.length === 0) return markWords(words, place, words.length, 'behind the end of the pattern');
  const named = [...expected.slice(0, NAMED), ...(expected.length > NAMED ? ['others'] : []), ...(mayEnd ? ['the end'] : [])];
  const note = `expected ${named.join(' or ')}`;
  return place < words.length ? markWords(words, place, place + 1, note) : markEnd(words, note);
}

function readOptions(
  { pattern, lists = {}, ignoreCase = false }: Readonly<Record<string, unknown>>,
  split: Meanings['split'],
): Reading<Expression> {
  if (typeof pattern !== 'string') return problem('/pattern', `expected an expression over words, got ${shown(pattern)}`);
  if (!isLists(lists)) return problem('/lists', `expected lists of phrases by name, got ${shown(lists)}`);
  let tags = 0;
  const isTag = (name: string): boolean => {
    const known = UNIVERSAL_TAGS.has(name);
    if (known) tags++;
    return known;
  };
  const meanings = { split, lists, ignoreCase: ignoreCase === true, isTag };
  const matcher = readExpression(pattern, meanings);
  if (typeof matcher === 'string') return problem('/pattern', matcher);
  if (tags === 0) return { target: { matcher } };
  const tagless = readExpression(pattern, { ...meanings, anyForTags: true });
  return typeof tagless === 'string' ? problem('/pattern', tagless) : { target: { matcher, tagless } };
}

const isLists = (value: unknown): value is Readonly<Record<string, readonly string[]>> =>
  isRecord(value) && Object.values(value).every(isWords);
