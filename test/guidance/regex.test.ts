import { expect } from 'chai';
import regex from '../../guidance/regex.js';
import template from '../../guidance/template.js';
import { accepts } from '../../lib/automaton/index.js';
import { tf } from '../../lib/engine/index.js';
import type { HostTensors } from '../../lib/engine/types.js';
import { UNIVERSAL_TAGS } from '../../lib/text/tag-sets.js';
import { regexJudge } from '../../lib/judges/controls/regex.js';
import { contractModel, describeGuideContract } from '../guide-contract.js';

const { vocabulary } = contractModel;

/** Tag counts: "old" is an adjective, and 4 times in 100 a noun; "finds" a verb, and 6 times in 100 a noun. */
const counts: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  pond: { NOUN: 10 },
  heron: { NOUN: 3 },
  old: { ADJ: 96, NOUN: 4 },
  finds: { VERB: 94, NOUN: 6 },
};
const data = new Float32Array(vocabulary.size * UNIVERSAL_TAGS.length);
for (const [word, tags] of Object.entries(counts))
  for (const [tag, count] of Object.entries(tags))
    data[vocabulary.id(word)! * UNIVERSAL_TAGS.length + UNIVERSAL_TAGS.indexOf(tag)] = count;
const tables: HostTensors = { tagCounts: { dtype: 'float32', shape: [vocabulary.size, UNIVERSAL_TAGS.length], data } };

describeGuideContract({
  factory: regex,
  rows: [
    { pattern: '<NOUN>+ (is|waits) [^old] .{0,3}', ignoreCase: false },
    { pattern: 'the .*', ignoreCase: true },
  ],
  nonsense: [{}, { pattern: '' }, { pattern: 3 }, { pattern: 'a', lists: { area: [] } }, { pattern: 'a', lists: ['area'] }],
  tables,
});

describeGuideContract({
  factory: template,
  rows: [
    { template: 'The <ADJ> <NOUN> ... .', ignoreCase: false },
    { template: '_:2- pond', ignoreCase: false },
  ],
  nonsense: [{}, { template: '' }, { template: ['The'] }],
  tables,
});

describe('the guides regex and template', () => {
  const context = { tf, model: contractModel, via: 'posterior', classes: [], tables, states: () => tf.scalar(0) } as const;
  const allows = (pattern: string, text: string, more: Partial<Parameters<typeof regex.check>[0]> = {}) => {
    const { automaton } = regex.create(context).factors({ pattern, ignoreCase: false, ...more });
    return accepts(automaton, text.split(' ').map((word) => vocabulary.id(word)!)); // prettier-ignore
  };

  it('allow a word for a tag if at least one in twenty of its occurrences has the tag', () => {
    const nouns = ['pond', 'heron', 'old', 'finds', 'The'].filter((word) => allows('<NOUN>', word));
    expect(nouns).to.deep.equal(['pond', 'heron', 'finds']);
    expect(allows('[^<NOUN>]', 'old')).to.equal(true);
    expect(allows('[^<NOUN>]', 'pond')).to.equal(false);
  });

  it('take phrases of lists, in either notation, and ignore case if asked to', () => {
    const lists = { where: ['by The pond', 'garden'] };
    expect(allows('heron waits {where} .*', 'heron waits by The pond', { lists })).to.equal(true);
    expect(allows('heron waits <where>', 'heron waits garden', { lists })).to.equal(true);
    expect(allows('heron waits <where>', 'heron waits The pond', { lists })).to.equal(false);
    expect(allows('HERON the', 'heron The', { ignoreCase: true })).to.equal(true);
    const { automaton } = template.create(context).factors({ template: 'A _, by {where}.', lists, ignoreCase: false });
    expect(
      accepts(
        automaton,
        'A heron , by garden .'.split(' ').map((word) => vocabulary.id(word)!),
      ),
    ).to.equal(true);
  });

  it('name all problems at once: signs, words, names, words of lists', () => {
    const check = (options: Partial<Parameters<typeof regex.check>[0]>) =>
      regex
        .check({ pattern: 'pond', ignoreCase: false, ...options }, { model: contractModel, via: 'posterior', classes: [] })
        .map(({ path, message }) => `${path} ${message}`);
    expect(check({ pattern: 'The (pond' })).to.deep.equal([
      '/pattern column 10: expected ")" for the "(" at column 5, got the end',
    ]);
    const several = check({ pattern: 'the pond <NUON> {wher}', lists: { where: ['pnd', ' '] } });
    expect(several).to.have.length(5);
    expect(several[0]).to.equal('/pattern column 1: the vocabulary of this model has no word "the"; the nearest is "The"');
    expect(several[1]).to.contain('/pattern column 10: no list and no tag is named "NUON", did you mean "NOUN"?');
    expect(several[2]).to.contain('/pattern column 17: no list and no tag is named "wher", did you mean "where"?');
    expect(several[3]).to.equal('/lists/where/0 the vocabulary of this model has no word "pnd"; the nearest is "pond"');
    expect(several[4]).to.equal('/lists/where/1 expected a word or a phrase, got spaces');
    expect(
      template.check({ template: 'the _:3-1', ignoreCase: true }, { model: contractModel, via: 'posterior', classes: [] })[0]!
        .message,
    ).to.contain('column 5');
  });

  it('refuse to exclude a list that has no single word', () => {
    const check = (pattern: string, where: string[]) =>
      regex
        .check({ pattern, lists: { where }, ignoreCase: false }, { model: contractModel, via: 'posterior', classes: [] })
        .map(({ message }) => message);
    expect(check('The [^pond|{where}]{1,4}', ['by The pond', 'old garden'])[0]).to.match(
      /^column 12: .*"where" has only phrases/,
    );
    expect(check('The [^pond|{where}]{1,4}', ['by The pond', 'garden'])).to.deep.equal([]);
    expect(check('The [pond|{where}]', ['by The pond'])).to.deep.equal([]);
  });

  it('exclude of a list what the judge excludes: its single words, not the words that begin its phrases', async () => {
    const lists = { where: ['old garden', 'pond'] };
    const judge = regexJudge();
    for (const pattern of ['[^{where}]{2}', '[^{where}] (garden|heron)']) {
      const texts = ['old garden', 'old heron', 'pond heron', 'heron pond', 'heron garden'].map((text) => text.split(' '));
      const scores = await judge.score(texts, texts.map(() => ({ pattern, lists }))); // prettier-ignore
      texts.forEach((text, i) =>
        expect(scores[i]!.value, `${pattern}: ${text.join(' ')}`).to.equal(Number(allows(pattern, text.join(' '), { lists }))),
      );
    }
  });

  it('say what to do if tags are used but none were counted', () => {
    const guide = regex.create({ ...context, tables: {} });
    expect(guide.factors({ pattern: 'pond', ignoreCase: false }).automaton.states).to.equal(2);
    expect(() => guide.factors({ pattern: '<ADJ>', ignoreCase: false })).to.throw(
      '<ADJ>: needs counts of the tags of words; make them with',
    );
  });
});
