import { exported } from '../server/exported.js';

/** A config to start from. */
export interface Example {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

const settings = { output: 'runs/studio', seed: 1, sampler: { steps: 50 }, samplesPerTarget: 4 };

/** Configs whose words the model of restaurants knows. */
const RESTAURANTS: readonly Example[] = [
  {
    name: 'A pub by the river',
    config: {
      guidance: [
        { guide: 'words', all: ['pub'] },
        { guide: 'attribute', slot: 'area', value: 'riverside' },
        { guide: 'length', length: { min: 10, max: 14 } },
        { not: { guide: 'words', any: ['cheap', 'expensive'] } },
      ],
    },
  },
  {
    name: 'A sentence by its tags',
    config: { guidance: [{ guide: 'pos', tags: 'PROPN AUX DET ADJ NOUN ADP DET NOUN PUNCT'.split(' ') }] },
  },
  {
    name: 'A template with gaps',
    config: {
      guidance: [
        {
          guide: 'template',
          template: '{name} serves <ADJ> food in the {area}.',
          lists: { name: ['The Mill', 'Cotto', 'Zizzi'], area: ['riverside', 'city centre'] },
        },
      ],
    },
  },
  {
    name: 'One of two',
    config: {
      guidance: [
        {
          any: [
            { guide: 'words', all: ['Italian'] },
            { guide: 'words', all: ['fast food'] },
          ],
        },
        { guide: 'length', length: { max: 12 } },
      ],
    },
  },
  {
    name: 'A fact and a phrase',
    config: {
      guidance: [
        { guide: 'attribute', slot: 'food', value: 'Japanese' },
        { guide: 'spans', spans: [[0, 2, 'NP']] },
      ],
    },
  },
  {
    name: 'A regular expression',
    config: { guidance: [{ guide: 'regex', pattern: '(It|There) is a .{1,4} (pub|restaurant) .* \\.' }] },
  },
];

/** Configs that any model of English sentences runs. */
const GENERAL: readonly Example[] = [
  { name: 'Short sentences', config: { guidance: [{ guide: 'length', length: { min: 6, max: 9 } }] } },
  {
    name: 'A beginning and a length',
    config: {
      guidance: [
        { guide: 'infill', template: 'It is ...' },
        { guide: 'length', length: { min: 6, max: 10 } },
      ],
    },
  },
  { name: 'A sentence by its tags', config: { guidance: [{ guide: 'pos', tags: 'PRON VERB DET ADJ NOUN PUNCT'.split(' ') }] } },
];

/** Configs whose words the model of everyday English knows. */
const EVERYDAY: readonly Example[] = [
  {
    name: 'A few words about coffee',
    config: {
      decode: { name: 'joint', weight: 4 },
      guidance: [
        { guide: 'words', all: ['coffee'] },
        { guide: 'length', length: { min: 7, max: 10 } },
        { not: { guide: 'words', any: ['I', 'you'] } },
      ],
    },
  },
  {
    name: 'A gap in a sentence',
    config: {
      decode: { name: 'joint', weight: 4 },
      guidance: [{ guide: 'infill', template: 'I was _:3 when you called .' }],
    },
  },
  {
    name: 'A sentence by its tags',
    config: {
      decode: { name: 'joint', weight: 5 },
      guidance: [{ guide: 'pos', via: 'posterior', tags: 'PRON VERB DET ADJ NOUN ADP DET NOUN PUNCT'.split(' ') }],
    },
  },
  {
    name: 'One of two beginnings',
    config: {
      guidance: [
        {
          any: [
            { guide: 'infill', template: 'Would you mind ...' },
            { guide: 'infill', template: 'Have you ever ...' },
          ],
        },
        { guide: 'length', length: { max: 9 } },
      ],
    },
  },
  {
    name: 'A regular expression',
    config: {
      guidance: [{ guide: 'regex', pattern: 'My (sister|brother) .{2,4} every (day|Monday|night) \\.' }],
    },
  },
];

/** Returns examples for a model. */
export function examplesFor(model: string): readonly Example[] {
  const own = model.endsWith('e2e') ? RESTAURANTS : model.endsWith('english') ? EVERYDAY : GENERAL;
  const usable = exported.guides === undefined ? own : own.filter(({ config }) => usesOnly(exported.guides!.split(','), config));
  return usable.map(({ name, config }) => ({ name, config: { model, ...settings, ...config } }));
}

/** Returns whether every guide of a value is one of the names. */
function usesOnly(names: readonly string[], value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  const { guide } = value as { guide?: string };
  return (guide === undefined || names.includes(guide)) && Object.values(value).every((part) => usesOnly(names, part));
}

/** The model that the studio offers first. */
export const FIRST_MODEL = 'models/e2e';

/** Returns the config that the page opens with. */
export function openingExample(model = exported.model ?? FIRST_MODEL): Example['config'] {
  return examplesFor(model)[0]?.config ?? { model, ...settings, guidance: [] };
}
