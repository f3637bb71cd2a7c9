import { expect } from 'chai';
import { countPatterns, spanAutomata } from '../../guidance/parts/span-patterns.js';
import spans from '../../guidance/spans.js';
import { accepts } from '../../lib/automaton/index.js';
import { tf } from '../../lib/engine/index.js';
import type { AnnotatedRow } from '../../lib/text/types.js';
import { contractModel, describeGuideContract } from '../guide-contract.js';

const classes = ['no word', 'no constituent', 'other', 'NP', 'S::NP', 'NP::QP', 'VP'];

const sentence = (text: string, tagged: string, tree: string) => {
  const [words, tags] = [text.split(' '), tagged.split(' ')];
  return { words, tags, upos: tags, tree };
};
const waits = sentence('The heron waits .', 'DT NN VBZ .', '(ROOT (S (NP (DT The) (NN heron)) (VP (VBZ waits)) (. .)))');
const rowsOf = (count: number, of: ReturnType<typeof sentence>) =>
  Array<AnnotatedRow>(count).fill({ words: of.words, sentences: [of], fields: {} });
const tables = countPatterns(rowsOf(6, waits), contractModel);

describeGuideContract({
  factory: spans,
  tables,
  rows: [
    {
      spans: [
        [2, 4, 'VP'],
        [0, 0, 'S::NP'],
      ],
    },
    { spans: [[3, 3, 'QP']] },
  ],
  nonsense: [
    {},
    { spans: [] },
    { spans: [[0, 1]] },
    { spans: [[0, 1, 'NP', 2]] },
    { spans: [[-1, 1, 'NP']] },
    { spans: [[0, 1.5, 'NP']] },
  ],
  classes,
});

describe('the guide spans', () => {
  it('accepts every chain that contains the label', () => {
    const guide = spans.create({
      tf,
      model: contractModel,
      via: 'gradient',
      tables: {},
      classes,
      states: () => expect.fail('not asked'),
    });
    if (guide.via === 'posterior') throw new Error('expected a gradient guide');
    const allowed = (label: string) => {
      const { data } = guide.encode([{ spans: [[0, 1, label]] }])['allowed']!;
      return classes.filter((_, c) => data[c] === 1);
    };
    expect(allowed('NP')).to.deep.equal(['NP', 'S::NP', 'NP::QP']);
    expect(allowed('S::NP')).to.deep.equal(['S::NP']);
    expect(allowed('QP')).to.deep.equal(['NP::QP']);
  });

  it('names every impossible span, by its path', () => {
    const problems = spans.check(
      {
        spans: [
          [4, 2, 'NP'],
          [0, 12, 'NP'],
          [0, 1, 'NPP'],
          [0, 1, 'SINV'],
        ],
      },
      { model: contractModel, via: 'gradient', classes },
    );
    expect(problems.map(({ path }) => path)).to.deep.equal(['/spans/0', '/spans/1', '/spans/2/2', '/spans/3/2']);
    expect(problems[3]!.message).to.match(/^the classifier has seen too few "SINV"; it knows /);
    const subword = { ...contractModel, wordLevel: false };
    expect(spans.check({ spans: [[0, 1, 'NP']] }, { model: subword, via: 'gradient', classes })[0]!.message).to.match(
      /^is about words/,
    );
  });
});

describe('windows of tags around spans', () => {
  const { vocabulary } = contractModel;
  const ids = (text: string) => text.split(' ').map((word) => vocabulary.id(word)!);
  const accepted = (counted: typeof tables, span: [number, number, string], text: string) =>
    accepts(spanAutomata(counted, contractModel)(...span), ids(text));

  it('are those that nearly always were such a constituent, with words by their usual tags', () => {
    expect(accepted(tables, [0, 1, 'NP'], 'The heron waits .')).to.equal(true);
    expect(accepted(tables, [0, 1, 'NP'], 'The heron waits . The heron')).to.equal(true);
    expect(accepted(tables, [0, 1, 'NP'], 'heron The waits .')).to.equal(false);
    expect(accepted(tables, [0, 1, 'NP'], 'The heron .'), 'another word after it').to.equal(false);
    expect(accepted(tables, [0, 3, 'S'], 'The heron waits .')).to.equal(true);
    expect(accepted(tables, [0, 3, 'S'], 'The heron waits . The'), 'the text ends with it').to.equal(false);
  });

  it('are not those that seldom were, nor those of another label', () => {
    const asVerb = sentence('The heron waits .', 'DT NN VBZ .', '(ROOT (S (NP (DT The)) (VP (NN heron) (VBZ waits)) (. .)))');
    const mixed = (good: number, bad: number) => countPatterns([...rowsOf(good, waits), ...rowsOf(bad, asVerb)], contractModel);
    // a span without any window leaves the text free, but for its length
    expect(accepted(mixed(9, 1), [0, 1, 'NP'], 'heron The waits .')).to.equal(false);
    expect(accepted(mixed(2, 8), [0, 1, 'NP'], 'heron The waits .')).to.equal(true);
    expect(accepted(tables, [0, 1, 'VP'], 'heron The waits .')).to.equal(true);
    expect(accepted(tables, [0, 4, 'VP'], 'heron The waits .'), 'too short').to.equal(false);
  });

  it('describe a long span by its ends and the words around it', () => {
    const long = sentence(
      'The heron heron heron heron heron waits .',
      'DT NN NN NN NN NN VBZ .',
      '(ROOT (S (NP (DT The) (NN heron) (NN heron) (NN heron) (NN heron) (NN heron)) (VP (VBZ waits)) (. .)))',
    );
    const counted = countPatterns(rowsOf(5, long), contractModel);
    expect(accepted(counted, [0, 5, 'NP'], 'The heron heron heron heron heron waits .')).to.equal(true);
    expect(accepted(counted, [0, 6, 'NP'], 'The heron The waits heron heron heron waits .'), 'longer').to.equal(true);
    expect(accepted(counted, [0, 6, 'NP'], 'The heron The . heron heron heron waits .'), 'over two sentences').to.equal(false);
    expect(accepted(counted, [0, 5, 'NP'], 'heron heron heron heron heron heron waits .')).to.equal(false);
  });
});
