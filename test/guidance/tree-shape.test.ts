import { expect } from 'chai';
import { countShapes, shapeLogProbs, shapesOf } from '../../guidance/parts/tree-shape.js';
import { readBracketing, type PennTree } from '../../lib/text/penn-tree.js';
import type { AnnotatedRow } from '../../lib/text/types.js';
import { contractModel } from '../guide-contract.js';

const shapes = (text: string) => shapesOf(readBracketing(text) as readonly PennTree[]);
const rowOf = (text: string, tagged: string, tree: string): AnnotatedRow => {
  const [words, tags] = [text.split(' '), tagged.split(' ')];
  return { words, sentences: [{ words, tags, upos: tags, tree }], fields: {} };
};
const subject = rowOf('heron waits', 'NN VBZ', '(S (NP (NN heron)) (VP (VBZ waits)))');
const noun = rowOf('pond heron', 'NN NN', '(NP (NN pond) (NN heron))');
const { vocabulary } = contractModel;

describe('shapes of the words of trees', () => {
  it('tell which constituents open before a word and close after it', () => {
    const [the, heron, waits] = shapes('(S (NP (DT The) (NN heron)) (VP (VBZ waits)))');
    expect(the).to.deep.equal({ tag: 'DT', near: 'DT NP ( ', full: 'DT NP (  | S(NP | ', under: '' });
    expect(heron).to.deep.equal({ tag: 'NN', near: 'NN NP  )', full: 'NN NP  ) |  | NP', under: 'NP' });
    expect(waits).to.deep.equal({ tag: 'VBZ', near: 'VBZ VP ( )', full: 'VBZ VP ( ) | VP | VP)S', under: 'S' });
  });

  it('are weighed by how often a word of the tag had them, smoothed by all words', () => {
    const rows = [subject, subject, subject, noun, noun];
    const logProbs = shapeLogProbs(countShapes(rows, contractModel));
    const alone = logProbs(shapes('(S (NP (NN heron)) (VP (VBZ waits)))')[0]!);
    // 3 of the 7 nouns were alone in a subject: 3 of the 5 herons, none of the 2 ponds; none was alone elsewhere.
    const general = 3 / 7;
    const expected = (near: number, of: number) => Math.log((near + 4 * general) / (of + 4)) + Math.log((near + 4) / (near + 4));
    expect(alone[vocabulary.id('heron')!]).to.be.closeTo(expected(3, 5), 1e-6);
    expect(alone[vocabulary.id('pond')!]).to.be.closeTo(expected(0, 2), 1e-6);
    expect(alone[vocabulary.id('garden')!], 'a word that is not in the parses').to.be.closeTo(Math.log(general), 1e-6);
  });

  it('say nothing if no word ever had them', () => {
    const logProbs = shapeLogProbs(countShapes([subject, subject], contractModel));
    expect([...logProbs(shapes('(FRAG (NN heron) (X X Y))')[0]!)].every((value) => value === 0)).to.equal(true);
  });
});
