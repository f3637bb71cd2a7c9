import { Ajv, type ValidateFunction } from 'ajv';
import { inputErrorOnly, messageOf } from '../../base/errors.js';
import { isRecord } from '../../base/is-record.js';
import { type Grammar, leavesOfExpression, parseGrammar, ruleProblems } from '../../text/grammar/index.js';
import { UNIVERSAL_TAGS } from '../../text/tag-sets.js';
import { mentions } from '../../text/word-regex.js';
import type { Judge, Score } from '../judge.js';
import { winkTagger } from '../parsers/wink-tagger.js';
import { type Recogniser, recogniserOf } from './earley.js';
import { markWords } from './marks.js';
import { isWords, problem, type Reading, readJudgeOptions, shown } from './target-options.js';
import { departureMark, type NameTable } from './word-matchers.js';

/** How the model's tokenizer splits text into words and joins words to text. */
interface Wording {
  readonly split: (text: string) => readonly string[];
  readonly join: (words: readonly string[]) => string;
}

/**
 * Builds the judge of `grammar`: 1 if an Earley parser derives the text by the grammar, else 0. `<TAG>` is a word to which wink-nlp gives the
 * Universal tag. For a JSON Schema: 1 if the text is JSON that Ajv accepts.
 *
 * The syntax is read by the guide's reader. The verdict is the judge's own: it parses words, while the guide runs an automaton over tokens.
 */
export function grammarJudge(wording: Wording): Judge {
  return {
    name: 'grammar',
    async score(texts, targets) {
      const asked = readJudgeOptions('grammar', texts, targets, (options) => readOptions(options, wording));
      const tag = asked.some(({ tagged }) => tagged) ? await winkTagger() : () => [];
      return texts.map((words, i) => asked[i]!.judge(words, tag));
    },
  };
}

interface GrammarTarget {
  /** Whether the grammar names tags. */
  readonly tagged: boolean;
  judge(words: readonly string[], tag: (words: readonly string[]) => readonly string[]): Score;
}

function readOptions(options: Readonly<Record<string, unknown>>, wording: Wording): Reading<GrammarTarget> {
  const { grammar, schema } = options;
  if (isRecord(schema)) return readSchema(schema, wording);
  const text = isWords(grammar) ? grammar.join('\n') : grammar;
  if (typeof text !== 'string') return problem('/grammar', `expected the rules of a grammar, got ${shown(grammar)}`);
  return readGrammar(text, options, wording);
}

function readGrammar(
  text: string,
  { lists = {}, ignoreCase = false }: Readonly<Record<string, unknown>>,
  { split }: Wording,
): Reading<GrammarTarget> {
  if (!isRecord(lists) || !Object.values(lists).every(isWords))
    return problem('/lists', `expected lists of phrases by name, got ${shown(lists)}`);
  let grammar: Grammar;
  try {
    grammar = parseGrammar(text, split);
  } catch (error) {
    return problem('/grammar', inputErrorOnly(error).problems[0]!.message);
  }
  const names = grammar.rules
    .flatMap(({ body }) => leavesOfExpression(body))
    .flatMap((leaf) => (leaf.kind === 'terminal' ? mentions(leaf.pattern) : []))
    .filter((item) => item.kind === 'name' && !Object.hasOwn(lists, item.text))
    .map((item) => item.text);
  const unknown = names.find((name) => !UNIVERSAL_TAGS.includes(name));
  const wrong =
    unknown === undefined ? ruleProblems(grammar)[0] : `no list, rule or Universal tag is named ${JSON.stringify(unknown)}`;
  if (wrong !== undefined) return problem('/grammar', wrong);
  const table: NameTable = { split, lists: lists as NameTable['lists'], ignoreCase: ignoreCase === true };
  const recognise = recogniserOf(grammar, table);
  const tagged = names.length > 0;
  const tagless = tagged ? recogniserOf(grammar, { ...table, anyTag: true }) : undefined;
  return { target: { tagged, judge: (words, tag) => judged(words, tagged ? tag(words) : [], recognise, tagless) } };
}

function judged(words: readonly string[], tags: readonly string[], recognise: Recogniser, tagless?: Recogniser): Score {
  const also = tagless && { also: { 'tags aside': tagless({ words, tags }) === undefined ? 1 : 0 } };
  const departure = recognise({ words, tags });
  if (departure === undefined) return { value: 1, ...also };
  const mark = departureMark(words, departure);
  return { value: 0, ...also, detail: `the text leaves the grammar at word ${mark.start + 1}: ${mark.note}`, marks: [mark] };
}

function readSchema(schema: Readonly<Record<string, unknown>>, { join }: Wording): Reading<GrammarTarget> {
  const own = Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$schema'));
  let matches: ValidateFunction;
  try {
    matches = new Ajv({ strict: false, logger: false, validateFormats: false }).compile(own);
  } catch (error) {
    return problem('/schema', `is no JSON Schema: ${messageOf(error)}`);
  }
  return { target: { tagged: false, judge: (words) => judgedJson(words, join(words), matches) } };
}

function judgedJson(words: readonly string[], text: string, matches: ValidateFunction): Score {
  const fails = (detail: string): Score => ({ value: 0, detail, marks: [markWords(words, 0, words.length, detail)] });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return fails(`is no JSON: ${messageOf(error)}`);
  }
  if (matches(value)) return { value: 1 };
  const [first] = matches.errors ?? [];
  return fails(`breaks the schema: ${first?.instancePath ?? ''} ${first?.message ?? ''}`);
}
