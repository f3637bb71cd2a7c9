import { InputError, type Problem } from '../../base/errors.js';
import type { ParamSpec } from '../types.js';

/** Sizes of the paper's network. */
export interface PaperSize {
  readonly vocabularySize: number;
  /** Sequence length in tokens. */
  readonly maxTokens: number;
  readonly embeddingWidth: number;
  readonly layers: number;
  /** Width of the encoder's hidden states. */
  readonly width: number;
  readonly heads: number;
  readonly feedForward: number;
  /** Width of the sinusoidal time embedding, even. */
  readonly timeChannels: number;
  /** Rows of the position embedding; BERT has 512, of which the first `maxTokens` are used. */
  readonly maxPositions: number;
}

/**
 * Returns the parameters of the paper's network under the names of its checkpoints. `lm_head.weight` is not among them: it is the
 * word embedding.
 *
 * @throws InputError if the sizes contradict each other
 */
export function paperParameters(size: PaperSize): ParamSpec[] {
  const problems = sizeProblems(size);
  if (problems.length > 0) throw new InputError('the sizes of the paper network', problems);
  const { vocabularySize, embeddingWidth, layers, width, feedForward, timeChannels, maxPositions } = size;
  return [
    { name: 'word_embedding.weight', shape: [vocabularySize, embeddingWidth], init: { normal: 1 } },
    { name: 'lm_head.bias', shape: [vocabularySize], init: 'zeros' },
    ...linear('time_embed.0', timeChannels, 4 * timeChannels),
    ...linear('time_embed.2', 4 * timeChannels, width),
    ...linear('input_up_proj.0', embeddingWidth, width),
    ...linear('input_up_proj.2', width, width),
    { name: 'position_embeddings.weight', shape: [maxPositions, width], init: { normal: 1 } },
    ...norm('LayerNorm', width),
    ...Array.from({ length: layers }, (_, i) => encoderLayer(`input_transformers.layer.${i}`, width, feedForward)).flat(),
    ...linear('output_down_proj.0', width, width),
    ...linear('output_down_proj.2', width, embeddingWidth),
  ];
}

function encoderLayer(name: string, width: number, feedForward: number): ParamSpec[] {
  return [
    ...['query', 'key', 'value'].flatMap((part) => linear(`${name}.attention.self.${part}`, width, width)),
    ...linear(`${name}.attention.output.dense`, width, width),
    ...norm(`${name}.attention.output.LayerNorm`, width),
    ...linear(`${name}.intermediate.dense`, width, feedForward),
    ...linear(`${name}.output.dense`, feedForward, width),
    ...norm(`${name}.output.LayerNorm`, width),
  ];
}

/** Returns the parameters of a linear map, whose initial weights have the variance of PyTorch's nn.Linear, 1 / (3 in). */
const linear = (name: string, inputs: number, outputs: number): ParamSpec[] => [
  { name: `${name}.weight`, shape: [outputs, inputs], init: { normal: 1 / Math.sqrt(3 * inputs) } },
  { name: `${name}.bias`, shape: [outputs], init: 'zeros' },
];

const norm = (name: string, width: number): ParamSpec[] => [
  { name: `${name}.weight`, shape: [width], init: 'ones' },
  { name: `${name}.bias`, shape: [width], init: 'zeros' },
];

/** Returns the problems of sizes that contradict each other; paths name the size. */
export function sizeProblems({ width, heads, timeChannels, maxTokens, maxPositions }: PaperSize): Problem[] {
  const problems: Problem[] = [];
  if (width % heads !== 0) problems.push({ path: '/heads', message: `expected a divisor of the width ${width}, got ${heads}` });
  if (timeChannels % 2 !== 0) problems.push({ path: '/timeChannels', message: `expected an even number, got ${timeChannels}` });
  if (maxTokens > maxPositions) {
    const message = `expected at most ${maxPositions}, the rows of the position embedding, got ${maxTokens}`;
    problems.push({ path: '/maxTokens', message });
  }
  return problems;
}
