import { type Static, Type } from '@sinclair/typebox';
import { type Automaton, compileGrammar, productionsOf } from '../lib/automaton/index.js';
import { InputError, type Problem } from '../lib/base/errors.js';
import type { GuideContext, GuideFactory, ModelInfo } from '../lib/guide/contract.js';
import { type Grammar, leavesOfExpression, parseGrammar, ruleProblems } from '../lib/text/grammar/index.js';
import { mentions } from '../lib/text/word-regex.js';
import { schemaGrammar } from './parts/json-schema.js';
import { ignoreCase, listProblems, lists, type Lookup, meaningsIn, mentionObstacle } from './parts/pattern-meanings.js';
import { wordLevelProblems } from './parts/vocabulary-words.js';

const options = Type.Object({
  grammar: Type.Optional(
    Type.Union([Type.String({ minLength: 1, maxLength: 100_000 }), Type.Array(Type.String(), { minItems: 1 })], {
      description:
        'A context-free grammar over words in the EBNF of the W3C, as text or as its lines; the text is one of its first rule: `s ::= np "is" adj ("and" adj)* "."`.',
    }),
  ),
  schema: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), {
      description: 'Instead of `grammar`: a JSON Schema of a flat object; the text is JSON that it accepts, without spaces.',
    }),
  ),
  nesting: Type.Optional(
    Type.Integer({
      minimum: 1,
      description: 'Most rules that may be open at once: how deep rules nest. Default: as deep as a text of the model can.',
    }),
  ),
  lists,
  ignoreCase,
});

type Options = Static<typeof options>;

/** The text is derived by a context-free grammar. */
export default {
  name: 'grammar',
  summary: 'The text is derived by a context-free grammar, or is JSON by a schema.',
  options,
  example: {
    grammar: 'text ::= np "waits" ("and" np "waits")* "."\nnp ::= "The" "old"? "heron" | np "by" np',
    ignoreCase: false,
  },
  places: ['posterior'],
  trainedAs: { posterior: 'pos' },
  worksUntrained: true,
  check(row, { model }) {
    const { grammar, schema } = row;
    if ((grammar === undefined) === (schema === undefined))
      return [{ path: '', message: 'expected either "grammar", the rules of a grammar, or "schema", a JSON Schema' }];
    const path = grammar === undefined ? '/schema' : '/grammar';
    const problems = wordLevelProblems(model, path);
    if (problems.length > 0) return problems;
    if (schema !== undefined) return schemaGrammar(schema, model).problems;
    return [...grammarProblems(row, model), ...listProblems(row, model)];
  },
  create(context) {
    const known = new Map<string, Automaton>(); // a large grammar takes seconds to compile
    return {
      via: 'posterior',
      factors(row) {
        const key = JSON.stringify(row);
        if (!known.has(key)) known.set(key, automatonOf(row, context));
        return { automaton: known.get(key)! };
      },
    };
  },
} satisfies GuideFactory<Options>;

const textOf = (grammar: string | readonly string[]): string => (typeof grammar === 'string' ? grammar : grammar.join('\n'));

function grammarProblems({ grammar, ...lookup }: Options, { vocabulary, split }: ModelInfo): Problem[] {
  const problem = (message: string): Problem => ({ path: '/grammar', message });
  let parsed: Grammar;
  try {
    parsed = parseGrammar(textOf(grammar!), split);
  } catch (error) {
    if (error instanceof InputError) return error.problems.map(({ message }) => problem(message));
    throw error;
  }
  const obstacle = mentionObstacle(lookup, vocabulary);
  const unknown = parsed.rules.flatMap(({ body }) =>
    leavesOfExpression(body).flatMap((leaf) =>
      (leaf.kind === 'terminal' ? mentions(leaf.pattern) : []).flatMap((item) => {
        const message = obstacle(item);
        return message === undefined ? [] : [`line ${leaf.line}, column ${item.column}: ${message}`];
      }),
    ),
  );
  return [...ruleProblems(parsed), ...unknown].map(problem);
}

/** Returns the automaton of the options. @throws InputError if it is too large or accepts no text of the model */
function automatonOf({ grammar, schema, nesting, ...given }: Options, { model, tables }: GuideContext): Automaton {
  const { vocabulary, split, maxTokens } = model;
  const fromSchema = schema && schemaGrammar(schema, model);
  const lookup: Lookup = fromSchema ? { lists: fromSchema.lists } : given;
  const parsed = parseGrammar(fromSchema?.grammar ?? textOf(grammar!), split);
  const productions = productionsOf(parsed, meaningsIn(lookup, model, tables));
  return compileGrammar(productions, { tokens: maxTokens - 2, nesting }, vocabulary.size);
}
