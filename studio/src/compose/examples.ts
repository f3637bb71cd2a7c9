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

/** Returns examples for a model. */
export function examplesFor(model: string): readonly Example[] {
  const own = model.endsWith('e2e') ? RESTAURANTS : GENERAL;
  return own.map(({ name, config }) => ({ name, config: { model, ...settings, ...config } }));
}

/** Returns the config that the studio opens with. */
export const exampleFor = (model: string): Example['config'] => examplesFor(model)[0]!.config;
