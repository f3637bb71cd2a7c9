import { inputErrorOnly } from '../../base/errors.js';
import { isRecord } from '../../base/is-record.js';
import { splitWords } from '../../text/split-words.js';
import { UNIVERSAL_TAGS } from '../../text/tag-sets.js';
import { parseTemplate } from '../../text/template.js';
import { mentions, parseWordRegex, type WordRegex } from '../../text/word-regex.js';
import type { Judge } from '../judge.js';
import { winkTagger } from '../parsers/wink-tagger.js';
import { isWords, problem, type Reading, readJudgeOptions, shown } from './target-options.js';
import { departure, departureMark, type Matcher, matcherOf, matchesAll, type NameTable } from './word-matchers.js';

type SplitText = (text: string) => readonly string[];

/**
 * Builds the judge of `regex`: 1 if the regular expression over words matches the whole text, else 0. `<TAG>` is a word to which wink-nlp
 * gives the Universal tag. A regex with tags is judged a second time with any word for a tag, because taggers disagree.
 *
 * The syntax is read by the guide's parser. The verdict is the judge's own: it matches words, while the guide compiles an automaton over
 * tokens and takes tags from its counts.
 *
 * @param split how the model's tokenizer splits the words of a regex
 */
export const regexJudge = (split: SplitText = splitWords): Judge =>
  wordRegexJudge({ name: 'regex', option: 'pattern', parse: parseWordRegex, split });

/** Builds the judge of `template`: 1 if the text is the template with its gaps filled, else 0. It works as `regexJudge` does. */
export const templateJudge = (split: SplitText = splitWords): Judge =>
  wordRegexJudge({ name: 'template', option: 'template', parse: parseTemplate, split });

/** A way to write a word regex. */
interface Syntax {
  /** Name of the guide. */
  readonly name: string;
  /** Name of its option that holds the regex. */
  readonly option: string;
  readonly parse: typeof parseWordRegex;
  readonly split: SplitText;
}

function wordRegexJudge(syntax: Syntax): Judge {
  return {
    name: syntax.name,
    async score(texts, targets) {
      const regexes = readJudgeOptions(syntax.name, texts, targets, (options) => readOptions(options, syntax));
      const usesTags = regexes.some(({ tagless }) => tagless !== undefined);
      const tag = usesTags ? await winkTagger() : () => [];
      return texts.map((words, i) => {
        const { matcher, tagless } = regexes[i]!;
        const text = { words, tags: tagless ? tag(words) : [] };
        const also = usesTags && { also: { 'tags aside': matchesAll(tagless ?? matcher, text) ? 1 : 0 } };
        if (matchesAll(matcher, text)) return { value: 1, ...also };
        const mark = departureMark(words, departure(matcher, text));
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

interface RegexTarget {
  readonly matcher: Matcher;
  /** The same with any word for a tag; undefined if the regex has no tags. */
  readonly tagless?: Matcher;
}

function readOptions(options: Readonly<Record<string, unknown>>, { option, parse, split }: Syntax): Reading<RegexTarget> {
  const { [option]: written, lists = {}, ignoreCase = false } = options;
  const path = `/${option}`;
  if (typeof written !== 'string') return problem(path, `expected a string, got ${shown(written)}`);
  if (!isLists(lists)) return problem('/lists', `expected lists of phrases by name, got ${shown(lists)}`);
  const regex = parsed(() => parse(written, split));
  if (typeof regex === 'string') return problem(path, regex);
  const tags = mentions(regex).filter(({ kind, text }) => kind === 'name' && !Object.hasOwn(lists, text));
  const unknown = tags.find(({ text }) => !UNIVERSAL_TAGS.includes(text));
  if (unknown)
    return problem(path, `column ${unknown.column}: no list and no Universal tag is named ${JSON.stringify(unknown.text)}`);
  const names: NameTable = { split, lists, ignoreCase: ignoreCase === true };
  const matcher = matcherOf(regex, names);
  return { target: tags.length === 0 ? { matcher } : { matcher, tagless: matcherOf(regex, { ...names, anyTag: true }) } };
}

/** Returns the regex, or what is wrong with it. */
function parsed(parse: () => WordRegex): WordRegex | string {
  try {
    return parse();
  } catch (error) {
    return inputErrorOnly(error).problems[0]!.message;
  }
}

const isLists = (value: unknown): value is Readonly<Record<string, readonly string[]>> =>
  isRecord(value) && Object.values(value).every(isWords);
