import { expect } from 'chai';
import fc from 'fast-check';
import grammar from '../../guidance/grammar.js';
import { accepts, bestSequence, latticeOf, overSequences } from '../../lib/automaton/index.js';
import { tf } from '../../lib/engine/index.js';
import type { ModelInfo } from '../../lib/guide/contract.js';
import { grammarJudge } from '../../lib/judges/controls/grammar.js';
import { joinWords } from '../../lib/text/join-words.js';
import { splitCharacters, splitWords } from '../../lib/text/split-words.js';
import { vocabularyOf } from '../../lib/text/vocabulary.js';
import { contractModel, describeGuideContract } from '../guide-contract.js';

const { vocabulary } = contractModel;
type Options = Parameters<typeof grammar.check>[0];

describeGuideContract<Options>({
  factory: grammar,
  rows: [
    {
      grammar: ['s ::= np vp | s "and" s', 'np ::= "The" [^ "pond" | "."]? "heron"', 'vp ::= "waits" | "sleeps" np?'],
      ignoreCase: false,
    },
    { grammar: 'x ::= "a" x "by" | .', nesting: 3, ignoreCase: true },
  ],
  nonsense: [{ grammar: '' }, { grammar: 3 }, { grammar: [] }, { grammar: 'a ::= "b"', nesting: 0 }, { schema: 'object' }],
});

/** JSON in characters. */
const jsonVocabulary = vocabularyOf(splitCharacters('{}[]":,-.0123456789abcdefghijklmnopqrstuvwxyz \\'));
const jsonModel: ModelInfo = { ...contractModel, maxTokens: 40, vocabulary: jsonVocabulary, split: splitCharacters };
const judge = grammarJudge({ split: splitWords, join: joinWords });
const jsonJudge = grammarJudge({ split: splitCharacters, join: (words) => words.join('') });

const check = (options: Partial<Options>, model = contractModel) =>
  grammar
    .check({ ignoreCase: false, ...options }, { model, via: 'posterior', classes: [] })
    .map(({ path, message }) => `${path} ${message}`);

const automatonOf = (options: Partial<Options>, model = contractModel) => {
  const context = { tf, model, via: 'posterior', classes: [], tables: {}, states: () => tf.scalar(0) } as const;
  return grammar.create(context).factors({ ignoreCase: false, ...options }).automaton;
};
const allows = (options: Partial<Options>, text: string) =>
  accepts(automatonOf(options), splitWords(text).map((word) => vocabulary.id(word)!)); // prettier-ignore

describe('the guide grammar', () => {
  it('takes rules in BNF and EBNF, lists, classes, and rules that call themselves', () => {
    const bnf = { grammar: '<s> ::= <np> <vp>\n<np> ::= "The heron" | <np> "by" <np>\n<vp> ::= "waits" | "is" {how} # comment', lists: { how: ['old', 'quiet and old'] } }; // prettier-ignore
    expect(['The heron waits', 'The heron by The heron is quiet and old'].map((text) => allows(bnf, text))).to.deep.equal([
      true,
      true,
    ]);
    expect(['The heron', 'heron waits', 'The heron is quiet'].map((text) => allows(bnf, text))).to.deep.equal([
      false,
      false,
      false,
    ]);
    const nested = { grammar: 's ::= "A" s "by" | ""' };
    expect(['A A by by', 'A by by'].map((text) => allows(nested, text))).to.deep.equal([true, false]);
  });

  it('names every problem with line and column', () => {
    expect(check({})).to.deep.equal([' expected either "grammar", the rules of a grammar, or "schema", a JSON Schema']);
    expect(check({ grammar: 's ::= "The" ("pond"\nt ::= "A"' })).to.deep.equal([
      '/grammar line 2, column 1: expected ")" for the "(" at line 1, column 13, got t',
    ]);
    expect(check({ grammar: 's "The"' })).to.deep.equal(['/grammar line 1, column 1: expected a rule, name ::= ..., got s']);
    expect(check({ grammar: 's ::= "The' })[0]).to.contain('column 7: expected a closing quote');
    expect(check({ grammar: 's ::= | "The"' })[0]).to.contain(
      'column 7: expected a rule, a word in quotes or a group ("" is an empty text), got |',
    );
    expect(check({ grammar: `s ::= "The"${'*'.repeat(9000)}` })).to.deep.equal([
      '/grammar line 1, column 112: expected at most 100 repetitions of one part, got *',
    ]);
    expect(check({ grammar: ['s ::= np "pnd"', 'np ::= "The" nq'] })).to.deep.equal([
      '/grammar line 2, column 14: no rule is named "nq", did you mean "np"? (a word is written in quotes, a tag as <NOUN>)',
      '/grammar line 1, column 10: the vocabulary of this model has no word "pnd"; the nearest is "pond"',
    ]);
    expect(check({ grammar: 's ::= "The"\nt ::= "A"\ns ::= "A"' })).to.deep.equal([
      '/grammar line 3, column 1: "s" is already defined in line 1; join the two with |',
    ]);
    expect(check({ grammar: 's ::= "The" | t\nt ::= "A" t\nu ::= "A"' })).to.deep.equal([
      '/grammar line 3, column 1: "u" is never used in a text of "s", the first rule; remove it',
      '/grammar line 2, column 1: "t" has no finite text: each of its alternatives needs a rule that never ends',
    ]);
  });

  it('says what to do if rules nest in too many ways, or no text fits', () => {
    const closed = [...'The A is old by'.split(' ').entries()];
    const kinds = closed.map(([i, word]) => `"${word}" s "${['.', ',', 'quiet', 'green', 'garden'][i]!}"`).join(' | ');
    const large = { ...contractModel, maxTokens: 40 };
    expect(() => automatonOf({ grammar: `s ::= ${kinds} | ""` }, large)).to.throw('set "nesting", the number of rules');
    expect(automatonOf({ grammar: `s ::= ${kinds} | ""`, nesting: 4 }, large).states).to.be.below(1000);
    expect(() => automatonOf({ grammar: 's ::= "A"{20}' })).to.throw('its shortest text has 20 words, and a text holds 12');
    expect(() => automatonOf({ grammar: 's ::= "A" ("A" ("old") "is") "by"', nesting: 1 })).not.to.throw();
    expect(() => automatonOf({ grammar: 's ::= "A" t "by"\nt ::= "A" t "is" | "A" ("old" | "by") "is"', nesting: 1 })).to.throw(
      'raise "nesting"',
    );
  });

  it('agrees with its judge, an Earley parser, about any text', async () => {
    const rules = ['s ::= s "and" s | np "is" "old"? | "(" ', 'np ::= "The" "old"* "heron" ("by" np)? | <NP>'];
    const written = { grammar: [rules[0]!.replace(' | "(" ', ''), rules[1]!.replace(' | <NP>', '')] };
    const automaton = automatonOf(written);
    const word = fc.constantFrom('The', 'old', 'heron', 'by', 'is', 'and');
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 9 }), async (words) => {
        const [score] = await judge.score([words], [written]);
        const ids = words.map((one) => vocabulary.id(one)!);
        expect(score!.value).to.equal(accepts(automaton, ids) ? 1 : 0);
      }),
      { numRuns: 200 },
    );
    const [good, bad] = await judge.score([splitWords('The heron by The heron is and The heron is old'), ['The', 'heron', 'and']], [written, written]); // prettier-ignore
    expect(good).to.deep.equal({ value: 1 });
    expect(bad!.detail).to.equal('the text leaves the grammar at word 3: expected "by" or "is"');
  });
});

describe('the guide grammar with a JSON Schema', () => {
  const schema = {
    type: 'object',
    properties: {
      id: { type: 'integer', minimum: 0 },
      size: { enum: ['s', 'm', 3, null] },
      ok: { type: ['boolean', 'null'] },
      tag: { type: 'string', minLength: 1, maxLength: 4 },
      n: { type: 'integer', minimum: 8, maximum: 12 },
    },
    required: ['size', 'n'],
  };

  it('has texts that JSON.parse reads and Ajv accepts, whatever the model prefers', async () => {
    const automaton = overSequences(automatonOf({ schema }, jsonModel), jsonVocabulary);
    const { maxTokens } = jsonModel;
    const factors = new Float32Array(maxTokens * jsonVocabulary.size); // [L, V]
    const lattice = latticeOf(automaton, factors);
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.double({ min: 1e-6, max: 1, noNaN: true })), async (stream) => {
        const probs = Float32Array.from({ length: factors.length }, () => stream.next().value as number);
        const ids = [...bestSequence(lattice, probs, factors)];
        const text = ids.slice(1, ids.indexOf(jsonVocabulary.end)).map((id) => jsonVocabulary.tokens[id]!);
        expect(await jsonJudge.score([text], [{ schema }]), text.join('')).to.deep.equal([{ value: 1 }]);
      }),
      { numRuns: 15 },
    );
    const spelled = (text: string) => accepts(automatonOf({ schema }, jsonModel), [...text].map((one) => jsonVocabulary.id(one)!)); // prettier-ignore
    expect(['{"size":"m","n":9}', '{"id":10,"size":3,"tag":"a b","n":12}'].map(spelled)).to.deep.equal([true, true]);
    expect(['{"n":9,"size":"m"}', '{"size":"m","n":7}', '{"id":01,"size":3,"n":9}', '{}'].map(spelled)).to.deep.equal([false, false, false, false]); // prettier-ignore
  });

  it('is judged by what the text says, not by how', async () => {
    const score = async (text: string) => (await jsonJudge.score([[...text]], [{ schema }]))[0]!;
    expect((await score('{ "n": 9, "size": null }')).value).to.equal(1);
    expect((await score('{"n":9}')).detail).to.contain('breaks the schema');
    expect((await score('{"n":9')).detail).to.contain('is no JSON');
  });

  it('names what is not supported and what the model cannot spell', () => {
    const problems = check({ schema: { type: 'array', properties: { a: { type: 'object' }, K: { type: 'string', pattern: 'x' }, n: { type: 'integer', minimum: 3 } }, required: ['z'], oneOf: [] } }, jsonModel); // prettier-ignore
    expect(problems.map((one) => one.split(' ')[0])).to.have.members(['/schema/type', '/schema/oneOf', '/schema/required', '/schema/properties/a/type', '/schema/properties/K', '/schema/properties/K/pattern', '/schema/properties/n']); // prettier-ignore
    expect(check({ schema })).to.include('/schema the vocabulary of this model cannot spell {: it has no "{"');
  });
});
