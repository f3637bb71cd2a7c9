import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Tensor } from '@xenova/transformers';
import { inputError, messageOf } from '../../base/errors.js';
import { loadTextEmbedder } from './text-embedder.js';
import { loadFolder, withFolderOf } from './transformers-folder.js';

const SHARED = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];
const SENTENCES = [...SHARED, join('onnx', 'model.onnx')];
const IMAGES = [...SHARED, 'preprocessor_config.json', join('onnx', 'text_model.onnx'), join('onnx', 'vision_model.onnx')];

/** Maps texts, and images if it is an encoder of both, to directions of one space. */
export interface ExampleEncoder {
  /** Returns a vector of length 1 per text, [D] each; all 0 for a text without tokens. */
  texts(texts: readonly string[]): Promise<Float32Array[]>;
  /** Returns a vector of length 1. @throws InputError if the file is no image */
  image(file: string): Promise<Float32Array>;
}

/** Returns the paths of the files of an encoder. @param images whether it must encode images */
export const encoderFiles = (folder: string, images: boolean): string[] =>
  (images || encodesImages(folder) ? IMAGES : SENTENCES).map((name) => join(folder, name));

/** Returns why a folder is no encoder, or undefined if it is one. */
export function encoderObstacle(folder: string, images: boolean): string | undefined {
  const files = encoderFiles(folder, images);
  const missing = files.filter((file) => !existsSync(file));
  const what = images ? 'an encoder of images and texts, such as CLIP in ONNX' : 'a sentence encoder in ONNX';
  return missing.length === 0 ? undefined : `expected the folder of ${what}; it lacks ${missing.join(', ')}`;
}

const encodesImages = (folder: string): boolean => existsSync(join(folder, 'onnx', 'vision_model.onnx'));

/**
 * Loads an encoder from disk, without network access: a sentence encoder, whose vector of a text is the mean of its last hidden states (Reimers
 * and Gurevych 2019), or one of images and texts, such as CLIP (Radford et al. 2021).
 *
 * @throws InputError if transformers.js cannot load it
 */
export const loadExampleEncoder = (folder: string): Promise<ExampleEncoder> =>
  encodesImages(folder) ? loadImageTextEncoder(folder) : loadSentenceEncoder(folder);

async function loadSentenceEncoder(folder: string): Promise<ExampleEncoder> {
  const embedder = await loadTextEmbedder(folder);
  return {
    texts: async (texts) => (await embedder.tokenVectors(texts)).map((vectors) => direction(sum(vectors))),
    image: () => Promise.reject(inputError(folder, 'encodes texts alone; an image needs an encoder of both, such as CLIP')),
  };
}

async function loadImageTextEncoder(folder: string): Promise<ExampleEncoder> {
  const what = 'encoder of images and texts';
  const text = await loadFolder(folder, 'CLIPTextModelWithProjection', what, 'text_model');
  const vision = await loadFolder(folder, 'CLIPVisionModelWithProjection', what, 'vision_model');
  const { processor, read } = await withFolderOf(folder, what, async (transformers, name) => ({
    processor: await transformers.AutoImageProcessor.from_pretrained(name, { local_files_only: true }),
    read: (file: string) => transformers.RawImage.read(file),
  }));
  const vectorOf = (outputs: Record<string, Tensor | undefined>, name: string): Float32Array => {
    const tensor = outputs[name];
    if (!tensor) throw inputError(folder, `expected a model whose output is ${name}; it has ${Object.keys(outputs).join(', ')}`);
    return direction(tensor.data as Float32Array);
  };
  return {
    async texts(texts) {
      const vectors: Float32Array[] = [];
      for (const one of texts) {
        const inputs: unknown = text.tokenizer([one], { truncation: true }); // one by one, so no padding is needed
        vectors.push(vectorOf((await text.model(inputs)) as Record<string, Tensor>, 'text_embeds'));
      }
      return vectors;
    },
    async image(file) {
      let inputs: { readonly pixel_values: Tensor };
      try {
        inputs = (await processor(await read(file))) as typeof inputs;
      } catch (error) {
        throw inputError(file, `cannot be read as an image: ${messageOf(error)}`);
      }
      const { pixel_values } = inputs;
      return vectorOf((await vision.model({ pixel_values })) as Record<string, Tensor>, 'image_embeds');
    },
  };
}

function sum(vectors: readonly Float32Array[]): Float32Array {
  const total = new Float32Array(vectors[0]?.length ?? 0);
  for (const vector of vectors) vector.forEach((value, i) => (total[i]! += value));
  return total;
}

function direction(vector: Float32Array): Float32Array {
  const norm = Math.hypot(...vector);
  return norm === 0 ? vector : vector.map((value) => value / norm);
}
