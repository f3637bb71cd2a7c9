import { type Static, Type } from '@sinclair/typebox';
import { existsSync } from 'node:fs';
import type { Problem } from '../lib/base/errors.js';
import { path } from '../lib/config/index.js';
import type { GuideFactory, ParticlesGuide } from '../lib/guide/contract.js';
import {
  encoderFiles,
  encoderObstacle,
  type ExampleEncoder,
  loadExampleEncoder,
} from '../lib/model/external/image-text-encoder.js';

const options = Type.Object({
  text: Type.Optional(Type.String({ minLength: 1, description: 'The example: texts are to mean the same.' })),
  image: Type.Optional(path('Instead of `text`: an image file, which texts are to describe.')),
  model: path('Folder of a sentence encoder in ONNX, or for an image of an encoder of images and texts such as CLIP.'),
  strength: Type.Number({
    exclusiveMinimum: 0,
    default: 30,
    description: 'Nats that a text gains if its cosine to the example rises from 0 to 1.',
  }),
});

type Options = Static<typeof options>;

/** The text resembles an example, a text or an image, by the embeddings of a local model. */
export default {
  name: 'similar',
  summary: 'The text resembles an example, a text or an image, by embeddings of a local ONNX model.',
  options,
  example: { text: 'The old heron waits.', model: 'models/encoder', strength: 30 },
  places: ['particles'],
  check: ({ text: example, image, model }) => {
    if ((example === undefined) === (image === undefined))
      return [{ path: '', message: 'expected either "text", an example, or "image", a file' }];
    const obstacle = encoderObstacle(model, image !== undefined);
    const problems: Problem[] = obstacle === undefined ? [] : [{ path: '/model', message: obstacle }];
    if (image !== undefined && !existsSync(image))
      problems.push({ path: '/image', message: `expected a file, there is none at ${image}` });
    return problems;
  },
  create: () => byParticles(),
} satisfies GuideFactory<Options>;

function byParticles(): ParticlesGuide<Options> {
  const encoders = new Map<string, Promise<ExampleEncoder>>();
  const examples = new Map<string, Promise<Float32Array>>();
  const encoderOf = ({ model }: Options): Promise<ExampleEncoder> => {
    if (!encoders.has(model)) encoders.set(model, loadExampleEncoder(model));
    return encoders.get(model)!;
  };
  const exampleOf = (row: Options): Promise<Float32Array> => {
    const key = JSON.stringify([row.model, row.text, row.image]);
    if (!examples.has(key))
      examples.set(
        key,
        encoderOf(row).then((encoder) => vectorOf(encoder, row)),
      );
    return examples.get(key)!;
  };
  return {
    via: 'particles',
    async open(rows) {
      for (const row of rows) await exampleOf(row);
    },
    files: (rows) => [
      ...new Set(
        rows.flatMap(({ model, image }) => [
          ...encoderFiles(model, image !== undefined),
          ...(image === undefined ? [] : [image]),
        ]),
      ),
    ],
    async reward(texts, rows) {
      const vectors = new Map<string, Float32Array>(); // trajectories often predict the same text
      const keyOf = (i: number) => JSON.stringify([rows[i]!.model, texts[i]!.text]);
      for (const [i, row] of rows.entries())
        if (!vectors.has(keyOf(i))) vectors.set(keyOf(i), (await (await encoderOf(row)).texts([texts[i]!.text]))[0]!);
      return Promise.all(rows.map(async (row, i) => row.strength * cosine(vectors.get(keyOf(i))!, await exampleOf(row))));
    },
  };
}

const vectorOf = async (encoder: ExampleEncoder, { text: example, image }: Options): Promise<Float32Array> =>
  image === undefined ? (await encoder.texts([example!]))[0]! : encoder.image(image);

/** Returns the cosine of vectors of length 1; 0 for a text without tokens. */
const cosine = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
