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
          lists: { name: ['The Mill', 'Cotto', 'Zizzi'], area: ['riverside area', 'city centre'] },
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
            { guide: 'words', all: ['Italian restaurant'] },
            { guide: 'words', all: ['coffee shop'] },
          ],
        },
        { guide: 'length', length: { min: 7, max: 14 } },
      ],
    },
  },
  {
    name: 'A fact and a phrase',
    config: {
      guidance: [
        { guide: 'attribute', via: 'posterior', slot: 'food', value: 'Japanese' },
        { guide: 'spans', spans: [[0, 2, 'NP']] },
        { guide: 'length', length: { min: 8, max: 16 } },
      ],
    },
  },
  {
    name: 'A regular expression',
    config: { guidance: [{ guide: 'regex', pattern: '(It|There) is a .{1,4} (pub|restaurant) .* \\.' }] },
  },
];

/** Configs that any model runs. */
const GENERAL: readonly Example[] = [
  { name: 'Short texts', config: { guidance: [{ guide: 'length', length: { min: 6, max: 9 } }] } },
  { name: 'Whatever it likes', config: { guidance: [] } },
];

/** Configs of what people say to assistants. */
const REQUESTS: readonly Example[] = [
  {
    name: 'Short requests',
    config: { decode: { name: 'joint', weight: 6 }, guidance: [{ guide: 'length', length: { min: 5, max: 9 } }] },
  },
  {
    name: 'A polite beginning',
    config: { decode: { name: 'joint', weight: 6 }, guidance: [{ guide: 'infill', template: 'can you please _:4' }] },
  },
];

/** Configs whose words the model of everyday English knows. They weigh its language model more than the default, so that texts read well. */
const EVERYDAY: readonly Example[] = [
  {
    name: 'A few words about a friend',
    config: {
      seed: 7,
      decode: { name: 'joint', weight: 8 },
      guidance: [
        { guide: 'words', all: ['friend'] },
        { guide: 'length', length: { min: 7, max: 10 } },
        { not: { guide: 'words', any: ['I', 'you'] } },
      ],
    },
  },
  {
    name: 'A question by a pattern',
    config: {
      decode: { name: 'joint', weight: 8 },
      guidance: [{ guide: 'regex', pattern: '(Why|When|Where) did (he|she|they|you) .{3,6} \\?' }],
    },
  },
  {
    name: 'A gap in a sentence',
    config: {
      decode: { name: 'joint', weight: 10 },
      guidance: [{ guide: 'infill', template: 'If I were you , _:5 .' }],
    },
  },
  {
    name: 'A sentence by its tags',
    config: {
      decode: { name: 'joint', weight: 6 },
      guidance: [{ guide: 'pos', via: 'posterior', tags: 'PRON VERB DET ADJ NOUN ADP DET NOUN PUNCT'.split(' ') }],
    },
  },
  {
    name: 'One of two beginnings',
    config: {
      decode: { name: 'joint', weight: 6 },
      guidance: [
        {
          any: [
            { guide: 'infill', template: 'Would you mind ...' },
            { guide: 'infill', template: 'Have you ever ...' },
          ],
        },
        { guide: 'length', length: { min: 6, max: 9 } },
      ],
    },
  },
  {
    name: 'Two phrases in their places',
    config: {
      decode: { name: 'joint', weight: 8 },
      guidance: [
        {
          guide: 'spans',
          spans: [
            [0, 2, 'NP'],
            [4, 6, 'PP'],
          ],
        },
        { guide: 'length', length: 8 },
      ],
    },
  },
];

/** The examples of the shipped models. */
const OF_MODEL: Readonly<Record<string, readonly Example[]>> = {
  'models/e2e': RESTAURANTS,
  'models/english': EVERYDAY,
  'models/utterances': REQUESTS,
};

/** Returns examples for a model. */
export function examplesFor(model: string): readonly Example[] {
  const own = OF_MODEL[model] ?? GENERAL;
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
export const FIRST_MODEL = 'models/english';

/** Returns the config that the page opens with. */
export function openingExample(model = exported.model ?? FIRST_MODEL): Example['config'] {
  return examplesFor(model)[0]?.config ?? { model, ...settings, guidance: [] };
}
