import { expect } from 'chai';
import type { InputError } from '../../lib/base/errors.js';
import { attributeJudge } from '../../lib/judges/controls/attribute.js';
import type { SlotJudge } from '../../lib/judges/controls/slot-judge.js';
import { slotNamed } from '../../lib/judges/controls/stated-values.js';
import { splitWords } from '../../lib/text/split-words.js';

async function states(slot: string, value: string, text: string): Promise<boolean> {
  const [score] = await attributeJudge().score([splitWords(text)], [{ slot, value }]);
  return score!.value === 1;
}

async function literally(slot: string, value: string, text: string): Promise<unknown> {
  const [score] = await attributeJudge().score([splitWords(text)], [{ slot, value }]);
  return score!.also!['literal'];
}

/** Returns the values of the slot that each text states. */
const CASES: Readonly<Record<string, readonly (readonly [text: string, ...values: string[]])[]>> = {
  familyFriendly: [
    ['Moon Bar is family-friendly.', 'yes'],
    ['Moon Bar is not family-friendly.', 'no'],
    ["It isn't a very child friendly pub.", 'no'],
    ['It is a non family-friendly pub by the river.', 'no'],
    ['Kids are welcome here.', 'yes'],
    ['Children are not allowed.', 'no'],
    ['There are no children at Moon Bar.', 'no'],
    ['It is for adults only.', 'no'],
    ['Bring your family, but not your dog.', 'yes'],
    ['It is not cheap but it welcomes families.', 'yes'],
    ['Moon Bar serves soup.'],
  ],
  priceRange: [
    ['A cheap bar.', 'cheap'],
    ['It is not cheap.'],
    ['Its prices are high and its rating is low.', 'high'],
    ['A low customer rating and a moderate price range.', 'moderate'],
    ['Dishes cost less than £20.', 'less than £20'],
    ['A meal is £20-25 here.', '£20-25'],
    ['You pay more than £30.', 'more than £30'],
    ['It is moderately expensive.', 'moderate'],
  ],
  'customer rating': [
    ['It has a high customer rating.', 'high'],
    ['It has a high price range.'],
    ['Customers rate it 5 out of 5.', '5 out of 5'],
    ['It has 1 out of 5 stars.', '1 out of 5'],
    ['A three star bar.', '3 out of 5'],
    ['A five-star bar.', '5 out of 5'],
    ['Its average rating pleases nobody.', 'average'],
    ['A poorly rated bar.', 'low'],
  ],
  area: [
    ['It stands by the river.', 'riverside'],
    ['It is in the city centre.', 'city centre'],
    ['It is in the center of the city.', 'city centre'],
    ['It is outside the city centre.'],
    ['It is north of the city centre.'],
  ],
  eatType: [
    ['Moon is a coffee shop.', 'coffee shop'],
    ['Moon, a pub, is near Café Sicilia.', 'pub'],
    ['Moon is near Express by Holiday Inn.'],
    ['It is a restaurant, not a pub.', 'restaurant'],
  ],
  food: [
    ['It serves British dishes near Raja Indian Cuisine.', 'English'],
    ['Fast food and fries.', 'Fast food'],
    ['Moon does not serve Chinese food.'],
    ['Sushi is its pride.', 'Japanese'],
  ],
};

describe('the attribute judge', () => {
  for (const [slot, cases] of Object.entries(CASES)) {
    it(`reads the ${slot} that a text states`, async () => {
      const values = new Set(cases.flatMap(([, ...stated]) => stated));
      for (const [text, ...stated] of cases)
        for (const value of values) expect(await states(slot, value, text), `${value}: ${text}`).to.equal(stated.includes(value));
    });
  }

  it('finds names regardless of article, accents and case, also in negations', async () => {
    expect(await states('name', 'The Moon Bar', 'Try moon bar today.')).to.equal(true);
    expect(await states('near', 'Café Nord', 'It is not far from Cafe Nord.')).to.equal(true);
    expect(await states('name', 'The Moon Bar', 'Try the moon.')).to.equal(false);
    expect(await states('name', 'Moon', 'The moonlight is free.')).to.equal(false);
  });

  it('searches for the value itself if it knows no surface forms', async () => {
    expect(await states('mood', 'calm', 'Calm rooms await you.')).to.equal(true);
    expect(await states('mood', 'calm', 'It is not calm.')).to.equal(false);
    expect(await states('food', 'Thai', 'It serves Thai food.')).to.equal(true);
  });

  it('also reports whether the text contains the value literally', async () => {
    expect(await literally('familyFriendly', 'no', 'Not family-friendly.')).to.equal(0);
    expect(await literally('familyFriendly', 'no', 'No children.')).to.equal(1);
    expect(await literally('eatType', 'pub', 'It is a PUB.')).to.equal(1);
    expect(await literally('eatType', 'pub', 'It is not a pub.'), 'denied or not').to.equal(1);
    expect(await literally('eatType', 'pub', 'A public place.')).to.equal(0);
    expect(await literally('priceRange', 'less than £20', 'Less than £20 a head.')).to.equal(1);
  });

  it('recognises slots and values by other spellings', async () => {
    expect(['Type', 'eat type', 'price', 'family friendly', 'customer_rating', 'mood'].map(slotNamed)).to.deep.equal([
      'eatType',
      'eatType',
      'priceRange',
      'familyFriendly',
      'customer rating',
      'mood',
    ]);
    expect(await states('price', 'less than £ 20', 'Below £20.')).to.equal(true);
    expect(await states('family friendly', 'no', 'Adults only.')).to.equal(true);
  });

  it('also reports the verdict of a classifier, for values that it knows', async () => {
    const classifier: SlotJudge = {
      slots: [{ slot: 'priceRange', values: ['cheap', 'high'] }],
      classify: (texts) => Promise.resolve(texts.map((words) => new Map(words.includes('dear') ? [['priceRange', 'high']] : []))),
    };
    const scores = await attributeJudge(classifier).score(
      [['It', 'is', 'dear'], ['It', 'is', 'open'], ['It', 'is', 'dear'], ['Nice']],
      [
        { slot: 'price', value: 'High' },
        { slot: 'price', value: 'high' },
        { slot: 'priceRange', value: 'moderate' },
        { slot: 'mood', value: 'nice' },
      ],
    );
    expect(scores.map(({ also }) => also!['classifier'])).to.deep.equal([
      { part: 1, whole: 1 },
      { part: 0, whole: 1 },
      { part: 0, whole: 0 },
      { part: 0, whole: 0 },
    ]);
  });

  it('also counts as the original code does: by a case-sensitive substring', async () => {
    const substring = async (text: string, value: string): Promise<unknown> =>
      (await attributeJudge().score([text.split(' ')], [{ slot: 'food', value }]))[0]!.also!['substring'];
    expect(await substring('It serves French food', 'French')).to.equal(1);
    expect(await substring('It serves french food', 'French')).to.equal(0);
    expect(await substring('A pubkeeper', 'pub'), 'not a word').to.equal(1);
  });

  it('describes failures, and names every invalid target', async () => {
    const [score] = await attributeJudge().score([['A', 'pub', '.']], [{ slot: 'area', value: 'riverside' }]);
    const note = 'does not state area: riverside';
    expect(score).to.deep.equal({
      value: 0,
      also: { literal: 0, substring: 0 },
      detail: note,
      marks: [{ start: 3, end: 3, note }],
    });
    const error: unknown = await attributeJudge()
      .score([[], [], []], [{ slot: 'area' }, { slot: 'area', value: 'x' }, { slot: '', value: 3 }])
      .catch((thrown: unknown) => thrown);
    expect((error as InputError).problems.map(({ path }) => path)).to.deep.equal(['/0/value', '/2/slot', '/2/value']);
  });
});
