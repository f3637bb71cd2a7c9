import { expect } from 'chai';
import { future } from '../../guidance/tree.js';
import type { AnnotatedRow } from '../../lib/text/types.js';
import { parsedRow, parsedRows, sleeps, waits } from '../parsed-row.js';
import { contractModel } from '../guide-contract.js';

const L = 24;
const model = { ...contractModel, maxTokens: L };

describe('what prefixes tell about trees', () => {
  const rare = (label: string) =>
    `(S (${label} (${label} (DT The) (NN heron)) (VP (VBZ waits) (PP (IN by) (NP (DT the) (NN pond))))) (FW adieu))`;
  const rows = [
    ...[waits, sleeps, '(NP (JJ old) (NN pond))'].flatMap((text) => parsedRows(60, text)),
    ...parsedRows(30, rare('NX')),
    ...parsedRows(30, rare('QP')),
  ];
  const learned = future.classes!(rows, model);
  const questions = future.questions(model, learned);
  const answersAt = (of: AnnotatedRow) => {
    const all = [...future.answers(of, model, learned)];
    return (place: number) => all.slice(place * questions.length, (place + 1) * questions.length);
  };
  const asksAt = (options: { tree: string; part?: boolean }) => (place: number) => future.asks(options, place, model, learned);

  it('give the shapes of the last word and of the next three, END included', () => {
    expect(questions).to.deep.equal([1, 1, 1, 1].map(() => learned.length + 1));
    const at = answersAt(parsedRow(waits));
    const classes = [1, 2, 3, 4, 5, 6, 7].map((place) => at(place)[0]);
    expect(new Set(classes).size, 'all of them are distinguished').to.equal(7);
    expect(at(1)).to.deep.equal(classes.slice(0, 4));
    expect(at(7)).to.deep.equal([classes[6], 0, 0, 0]);
    expect(at(8)).to.deep.equal([0, 0, 0, 0]); // END was read
    expect(at(9)).to.deep.equal([-1, -1, -1, -1]);
  });

  it('distinguish a constituent of the verb from one of the noun', () => {
    const by = (text: string, place: number) => answersAt(parsedRow(text))(place)[0];
    expect(by(waits, 4)).not.to.equal(by(sleeps, 3));
  });

  it('want the answers of a text with the tree, with a node above the sentence or without', () => {
    for (const text of [waits, sleeps, waits.slice('(ROOT '.length, -1)])
      for (let place = 1; place <= 8; place++)
        expect(asksAt({ tree: text })(place), text).to.deep.equal(answersAt(parsedRow(text))(place).map((c) => [c]));
  });

  it('tell less about a rare shape, and nothing about a rare tag', () => {
    const at = answersAt(parsedRow(rare('NX')));
    expect([1, 2, 3].map((place) => learned[at(place)[0]! - 1])).to.deep.equal(['DT', 'NN', 'VBZ VP ( ']);
    expect(learned[answersAt(parsedRow('(NP (GW etang))'))(1)[0]! - 1]).to.equal('other');
  });

  it('want any of the tags of a word, and any word inside a partial tree and after it', () => {
    const of = (text: string) => answersAt(parsedRow(text))(1)[0]!;
    const [old, noun] = [of('(NP (JJ old) (NN pond))'), of('(NP (NN old) (NN pond))')];
    expect(asksAt({ tree: '(NP (JJ|NN old) (NN pond))' })(1)[0]).to.deep.equal([old, noun]);
    expect(asksAt({ tree: '(NP (* old) (NN pond))' })(1)[0]).to.include(old);
    const part = asksAt({ tree: '(NP (* old) (NN pond))', part: true })(1);
    expect(part[1]!.map((c) => learned[c - 1]!.split(' ')[0])).to.satisfy((tags: string[]) => tags.every((tag) => tag === 'NN'));
    expect(part[1]!.length).to.be.above(2);
    expect(part.slice(2)).to.deep.equal([undefined, undefined]);
    expect(part[0]).to.have.length(learned.length); // any word, and not END
    expect(part[0]).not.to.include(0);
  });
});
