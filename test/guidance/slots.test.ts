import { expect } from 'chai';
import { classesOfSlots, findSlot, findValue, parseSlots, slotTable } from '../../guidance/parts/slots.js';

const parsed = (text: string): [string, string][] => {
  const slots = parseSlots(text);
  if (typeof slots === 'string') throw new Error(slots);
  return [...slots];
};

describe('slots and values', () => {
  it('reads slots and values, with the words of a value separated', () => {
    expect(parsed('name[The Old Quay], price range[£20-25],food[Fast food]')).to.deep.equal([
      ['name', 'The Old Quay'],
      ['price range', '£ 20 - 25'],
      ['food', 'Fast food'],
    ]);
    expect(parsed(' name [ The  Old Quay ] , ')).to.deep.equal([['name', 'The Old Quay']]);
    expect(parsed('')).to.deep.equal([]);
  });

  it('lists the classes of rows by slot, and rebuilds the table from them', () => {
    const rows = ['name[The Quay], food[Thai]', 'food[Greek]', 'food[Thai]'].map((text) => new Map(parsed(text)));
    const classes = classesOfSlots(rows);
    expect(classes).to.deep.equal(['food[Greek]', 'food[Thai]', 'name[The Quay]']);
    const { slots, valuesOf } = slotTable(classes);
    expect(slots).to.deep.equal(['food', 'name']);
    expect([...valuesOf]).to.deep.equal([
      ['food', ['Greek', 'Thai']],
      ['name', ['The Quay']],
    ]);
  });

  it('finds a slot by other spellings and by an unambiguous part of its name', () => {
    const slots = ['customer rating', 'eatType', 'familyFriendly', 'near', 'priceRange', 'waterFriendly'];
    for (const [asked, slot] of [
      ['near', 'near'],
      ['Type', 'eatType'],
      ['eat type', 'eatType'],
      ['family friendly', 'familyFriendly'],
      ['price', 'priceRange'],
      ['price_range', 'priceRange'],
      ['customerRating', 'customer rating'],
      ['friendly', undefined],
      ['colour', undefined],
      [' ', undefined],
    ] as const)
      expect(findSlot(asked, slots), asked).to.equal(slot);
  });

  it('finds a value in any case and spacing', () => {
    const values = ['£ 20 - 25', 'Fast food', 'less than £ 20'];
    expect(['£20-25', 'fast food', 'less than £ 20', 'Thai'].map((value) => findValue(value, values))).to.deep.equal([
      0, 1, 2, -1,
    ]);
  });
});
