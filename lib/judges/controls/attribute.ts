import type { Problem } from '../../base/errors.js';
import { splitWords } from '../../text/split-words.js';
import type { Judge, Share } from '../judge.js';
import { markEnd } from './marks.js';
import type { SlotJudge } from './slot-judge.js';
import { isSameValue, plain, slotNamed, statement } from './stated-values.js';
import { type Reading, readJudgeOptions, shown } from './target-options.js';

interface Attribute {
  readonly slot: string;
  readonly value: string;
}

/**
 * Builds the judge of `attribute`: 1 if the text states the slot's value in one of the surface forms of `surface-forms.ts` and does not deny
 * it, else 0. Also given: `literal`, the rule of Li et al. 2022, section 5 (the text has the value as whole words, in any case);
 * `substring`, the count of their code (`score_attributes`: a substring, in the same case); and `classifier`, the verdict of a slot judge
 * on the values that it knows.
 */
export const attributeJudge = (slotJudge?: SlotJudge): Judge => ({
  name: 'attribute',
  async score(texts, targets) {
    const attributes = readJudgeOptions('attribute', texts, targets, readAttribute);
    const statements = new Map<string, (text: string) => boolean>();
    const stated = ({ slot, value }: Attribute, words: readonly string[]): boolean => {
      const key = JSON.stringify([slot, value]);
      if (!statements.has(key)) statements.set(key, statement(slot, value));
      return statements.get(key)!(plain(words));
    };
    const classified = slotJudge && (await classify(slotJudge, texts, attributes));
    return texts.map((words, i) => {
      const attribute = attributes[i]!;
      const literal = hasPhrase(words, attribute.value) ? 1 : 0;
      const substring = words.join(' ').includes(splitWords(attribute.value).join(' ')) ? 1 : 0;
      const also = { literal, substring, ...(classified && { classifier: classified[i]! }) };
      if (stated(attribute, words)) return { value: 1, also };
      const detail = `does not state ${attribute.slot}: ${attribute.value}`;
      return { value: 0, also, detail, marks: [markEnd(words, detail)] };
    });
  },
});

/** Returns whether the slot judge finds that each text states its value; a value that it does not know has no share. */
async function classify(
  slotJudge: SlotJudge,
  texts: readonly (readonly string[])[],
  attributes: readonly Attribute[],
): Promise<Share[]> {
  const found = await slotJudge.classify(texts);
  return attributes.map(({ slot, value }, i) => {
    const known = slotJudge.slots.find((one) => one.slot === slotNamed(slot));
    const meant = known?.values.find((one) => isSameValue(one, value));
    if (known === undefined || meant === undefined) return { part: 0, whole: 0 };
    return { part: found[i]!.get(known.slot) === meant ? 1 : 0, whole: 1 };
  });
}

function hasPhrase(words: readonly string[], value: string): boolean {
  const spaced = (list: readonly string[]): string => ` ${list.join(' ').toLowerCase()} `;
  return spaced(words).includes(spaced(splitWords(value)));
}

function readAttribute({ slot, value }: Readonly<Record<string, unknown>>): Reading<Attribute> {
  if (isName(slot) && isName(value)) return { target: { slot, value } };
  const problems: Problem[] = Object.entries({ slot, value }).flatMap(([key, given]) =>
    isName(given) ? [] : [{ path: `/${key}`, message: `expected a non-empty string, got ${shown(given)}` }],
  );
  return { problems };
}

const isName = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';
