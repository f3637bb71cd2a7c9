import { expect } from 'chai';
import { charactersJudge } from '../../lib/judges/controls/characters.js';
import { onlyJudge } from '../../lib/judges/controls/only.js';
import type { Judge, Score } from '../../lib/judges/judge.js';

const scoreOne = async (judge: Judge, text: string, target: unknown): Promise<Score> =>
  (await judge.score([text.split(' ').filter((word) => word !== '')], [target]))[0]!;
const refusal = (judge: Judge, target: unknown) => judge.score([[]], [target]).then(() => '', String); // prettier-ignore

describe('the only judge', () => {
  it('gives the share of the words on the list, and marks the others', async () => {
    const target = { words: ['the', 'cat', 'ice cream'], punctuation: true };
    expect(await scoreOne(onlyJudge(), 'The cat likes ice cream .', target)).to.deep.equal({
      value: 5 / 6,
      detail: 'not on the list: likes',
      marks: [{ start: 2, end: 3, note: 'not on the list' }],
    });
    expect((await scoreOne(onlyJudge(), 'The cat .', { ...target, ignoreCase: false })).value).to.equal(2 / 3);
    expect((await scoreOne(onlyJudge(), 'cats', { ...target, inflections: true })).value).to.equal(1);
  });

  it('names what is wrong with a target', async () => {
    expect(await refusal(onlyJudge(), {})).to.contain('expected the allowed words');
    expect(await refusal(onlyJudge(), { words: 'cat' })).to.contain('/0/words');
  });
});

describe('the characters judge', () => {
  it('counts the characters of the written text', async () => {
    const judge = charactersJudge();
    expect(await scoreOne(judge, 'The cat , 2 .', { characters: 11 })).to.deep.equal({ value: 1 });
    const wrong = await scoreOne(judge, 'The cat .', { characters: { min: 9, max: 12 } });
    expect(wrong).to.deep.include({ value: 0, detail: '8 characters, expected 9 to 12' });
    expect((await scoreOne(judge, 'a 👍', { characters: 3 })).value).to.equal(1);
    expect(await refusal(judge, { characters: { min: 3, max: 2 } })).to.contain('/0/characters');
  });
});
