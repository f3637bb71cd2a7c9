import { expect } from 'chai';
import fc from 'fast-check';
import { accepts, type Automaton, compileGrammar, productionsOf, wordIds } from '../../lib/automaton/index.js';
import { type GrammarExpression, parseGrammar } from '../../lib/text/grammar/index.js';
import { vocabularyOf } from '../../lib/text/vocabulary.js';

const vocabulary = vocabularyOf(['a', 'b', 'c']);
const words = wordIds(vocabulary);
const meanings = { any: words, word: (word: string) => [vocabulary.id(word)!], name: () => [] };
const parse = (text: string) => parseGrammar(text, (quoted) => quoted.split(/\s+/).filter((word) => word !== ''));
const compile = (text: string, tokens: number, nesting?: number): Automaton =>
  compileGrammar(productionsOf(parse(text), meanings), { tokens, nesting }, vocabulary.size);

/** Returns every text of at most `most` words, by the meaning of each expression: the least sets of texts that satisfy the rules. */
function textsOf(text: string, most: number): Set<string> {
  const { rules } = parse(text);
  const known = new Map(rules.map(({ name }) => [name, new Set<string>()]));
  const joined = (left: ReadonlySet<string>, right: ReadonlySet<string>) =>
    new Set([...left].flatMap((x) => [...right].filter((y) => x.length + y.length <= most).map((y) => x + y)));
  const meaning = (expression: GrammarExpression): Set<string> => {
    switch (expression.kind) {
      case 'terminal':
        return new Set(expression.pattern.kind === 'word' ? [expression.pattern.word] : ['a', 'b', 'c']);
      case 'reference':
        return known.get(expression.name)!;
      case 'choice':
        return new Set(expression.parts.flatMap((part) => [...meaning(part)]));
      case 'sequence':
        return expression.parts.map(meaning).reduce(joined, new Set(['']));
      case 'repeat': {
        const part = meaning(expression.part);
        let power = new Set(['']);
        for (let i = 0; i < expression.min; i++) power = joined(power, part);
        const all = new Set(power);
        for (let i = expression.min; i < Math.min(expression.max, expression.min + most); i++) {
          power = joined(power, part);
          for (const one of power) all.add(one);
        }
        return all;
      }
    }
  };
  for (let before = -1, size = 0; before < size;) {
    before = size;
    for (const { name, body } of rules) known.set(name, meaning(body));
    size = [...known.values()].reduce((sum, set) => sum + set.size, 0);
  }
  return known.get(rules[0]!.name)!;
}

/** Every sequence of a, b and c of at most `most` words. */
const strings = (most: number): string[] => {
  let last = [''];
  const all = [...last];
  for (let i = 0; i < most; i++) all.push(...(last = last.flatMap((one) => ['a', 'b', 'c'].map((word) => one + word))));
  return all;
};
const accepted = (automaton: Automaton, most: number) =>
  strings(most).filter((one) =>
    accepts(
      automaton,
      [...one].map((word) => vocabulary.id(word)!),
    ),
  );

/** A grammar of three rules that refer to each other and themselves at random. */
const grammars = fc
  .array(
    fc.letrec<{ expression: string }>((tie) => ({
      expression: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.constantFrom('"a"', '"b"', '"c"', 's', 't', 'u', '""', '.'),
        fc.tuple(tie('expression'), tie('expression')).map(([x, y]) => `${x} ${y}`),
        fc.tuple(tie('expression'), tie('expression')).map(([x, y]) => `(${x} | ${y})`),
        fc.tuple(tie('expression'), fc.constantFrom('?', '*', '+', '{2}', '{1,2}')).map(([x, sign]) => `(${x})${sign}`),
      ),
    })).expression,
    { minLength: 3, maxLength: 3 },
  )
  .map((bodies) => bodies.map((body, i) => `${'stu'[i]} ::= ${body}`).join('\n'));

describe('grammars as automata', () => {
  it('accept exactly the texts of any grammar: recursion left, right and hidden, empty rules, cycles', () => {
    fc.assert(
      fc.property(grammars, (grammar) => {
        const texts = [...textsOf(grammar, 4)].sort();
        if (texts.length === 0) expect(() => compile(grammar, 4)).to.throw(/shortest text|no text/);
        else expect(accepted(compile(grammar, 4), 4).sort()).to.deep.equal(texts);
      }),
      {
        numRuns: 100,
        examples: [
          ['s ::= s "b" | "a"'], // left recursion of one rule, of two, and hidden behind what may be empty
          ['s ::= t "a" | "c"\nt ::= s "b"'],
          ['s ::= t s "b" | "a"\nt ::= "c"?'],
          ['s ::= s | "a" s | ""'],
        ],
      },
    );
  });

  it('accept brackets of any depth that fits, in as many states as the depth has levels', () => {
    const brackets = compile('s ::= ("a" s "b")*', 20);
    const nested = (depth: number) => `${'a'.repeat(depth)}${'b'.repeat(depth)}`;
    const ids = (text: string) => [...text].map((word) => vocabulary.id(word)!);
    expect([0, 1, 9, 10].map((depth) => accepts(brackets, ids(nested(depth))))).to.deep.equal([true, true, true, true]);
    expect(brackets.states).to.equal(11);
    expect(accepts(brackets, ids('aabab'))).to.equal(false);
    const flat = compile('s ::= ("a" s "b")*', 20, 5);
    expect([1, 2, 3].map((depth) => accepts(flat, ids(nested(depth))))).to.deep.equal([true, true, false]);
  });
});
