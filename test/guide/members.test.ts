import { expect } from 'chai';
import type { GuideFactory } from '../../lib/guide/contract.js';
import { GUIDE_FACTORY } from '../../lib/guide/contract-members.js';
import { data, memberProblems, type MembersOf, optional } from '../../lib/guide/members.js';

interface Lamp {
  readonly colour: string;
  readonly shade?: string;
  light(seconds: number): boolean;
}

interface LargerGuideFactory extends GuideFactory<unknown> {
  readonly colour: string;
}

const text = data((value) => (typeof value === 'string' ? undefined : 'expected text'));

describe('the table of a contract', () => {
  const lamp: MembersOf<Lamp> = { colour: text, shade: optional(text), light: { kind: 'function' } };

  it('checks each member, and finds misspelled ones', () => {
    const light = () => true;
    expect(memberProblems({ colour: 'red', light }, lamp)).to.deep.equal([]);
    expect(memberProblems({ colour: 'red', light, hue: 3 }, lamp), 'an additional key').to.deep.equal([]);
    expect(memberProblems({ shade: 3, lihgt: light }, lamp)).to.deep.equal([
      { path: 'colour', message: 'expected text' },
      { path: 'shade', message: 'expected text' },
      { path: 'light', message: 'expected a function, got nothing' },
      { path: 'lihgt', message: 'is not read, did you mean light?' },
    ]);
  });

  it('does not compile without a row for each member, optional as the member is', () => {
    // @ts-expect-error: no row for `colour`
    const lacking: MembersOf<LargerGuideFactory> = GUIDE_FACTORY;
    // @ts-expect-error: `shade` is optional
    const required: MembersOf<Lamp> = { ...lamp, shade: text };
    // @ts-expect-error: `colour` is not
    const optionalColour: MembersOf<Lamp> = { ...lamp, colour: optional(text) };
    // @ts-expect-error: `light` is a function
    const value: MembersOf<Lamp> = { ...lamp, light: text };
    expect([lacking, required, optionalColour, value]).to.have.length(4);
  });
});
