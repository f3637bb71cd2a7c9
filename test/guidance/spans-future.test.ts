import { expect } from 'chai';
import { future } from '../../guidance/spans.js';
import { InputError } from '../../lib/base/errors.js';
import { constituentsOf } from '../../lib/text/penn-tree.js';
import type { AnnotatedRow } from '../../lib/text/types.js';
import { parsedRow, parsedRows, sleeps, treesOf, waits } from '../parsed-row.js';
import { contractModel } from '../guide-contract.js';

const L = 24;
const model = { ...contractModel, maxTokens: L };

describe('what prefixes tell about spans', () => {
  const labels = future.classes!(parsedRows(500, waits), model);
  const count = future.questions(model, labels).length;
  const long = `(S (NP (PRP It)) (VP (VBZ waits) (PP (IN by) (NP ${'(JJ old) '.repeat(12)} (NN pond)))) (. .))`;
  /** Returns for each position whether the wanted answers about the spans hold in a text. */
  function held(of: AnnotatedRow, asked: [number, number, string][]): boolean[][] {
    const answers = future.answers(of, model, labels);
    return Array.from({ length: of.words.length + 2 }, (_, place) =>
      future
        .asks({ spans: asked }, place, model, labels)
        .flatMap((classes, q) => (classes === undefined ? [] : [classes.includes(answers[place * count + q]!)])),
    );
  }

  it('use the labels that are frequent in the training rows', () => {
    expect(labels).to.deep.equal(['NP', 'PP', 'S', 'VP']);
    expect(() => future.asks({ spans: [[0, 1, 'ADJP']] }, 1, model, labels)).to.throw(InputError, /ADJP.*NP, PP, S, VP/);
  });

  it('want the answers of a text that has them, from before they begin until one word after them', () => {
    for (const text of [waits, sleeps, long])
      for (const { start, end, label } of constituentsOf(treesOf(text))) {
        const places = held(parsedRow(text), [[start, end, label]]);
        expect(places.flat().every((holds) => holds), `${text} ${start} ${end} ${label}`).to.equal(true); // prettier-ignore
        places.forEach((asked, place) => expect(asked.length > 0).to.equal(place - 1 <= end + 1));
      }
  });

  it('fail if the text has another end, another beginning or another label', () => {
    for (const wrong of [
      [0, 2, 'NP'],
      [1, 4, 'PP'],
      [0, 4, 'VP'],
      [2, 4, 'NP'],
    ] as [number, number, string][])
      // prettier-ignore
      expect(held(parsedRow(sleeps), [wrong]).flat(), wrong.join(' ')).to.include(false);
  });

  it('want enough words if a span is still far away', () => {
    const reaches = (of: string) => held(parsedRow(of), [[12, 13, 'NP']])[2];
    expect(reaches(long)).to.deep.equal([true]);
    expect(reaches(waits)).to.deep.equal([false]);
  });

  it('want each label of a chain, and all spans at once', () => {
    const asked = (of: [number, number, string][]) => future.asks({ spans: of }, 1, model, labels).filter((c) => c).length;
    expect(asked([[0, 1, 'S::NP']])).to.equal(2);
    expect(asked([[0, 1, 'NP'], [2, 4, 'VP']])).to.equal(2); // prettier-ignore
  });
});
