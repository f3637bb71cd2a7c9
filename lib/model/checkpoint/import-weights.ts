import type { HostTensor, HostTensors } from '../../engine/types.js';
import type { Problem } from '../../base/errors.js';
import { paperParameters, sizeProblems, type PaperSize } from '../denoiser/paper-parameters.js';

const FILE = 'model.safetensors';

/** The axes of the original's tensors that tell the sizes of a network. */
const SHOWN_BY = {
  vocabularySize: ['word_embedding.weight', 0],
  embeddingWidth: ['word_embedding.weight', 1],
  width: ['input_up_proj.0.weight', 0],
  feedForward: ['input_transformers.layer.0.intermediate.dense.weight', 0],
  timeChannels: ['time_embed.0.weight', 1],
  maxPositions: ['position_embeddings.weight', 0],
} as const;

type ShownSizes = Omit<PaperSize, 'heads' | 'maxTokens'>;

/** Returns the parameters of a checkpoint, without the tensors that say nothing new: the head, which is the word embedding, and a list of 0, 1, 2 ... */
export function parametersOf(stored: HostTensors): { tensors: Record<string, HostTensor>; problems: Problem[] } {
  const problems: Problem[] = [];
  const { 'lm_head.weight': head, position_ids: _positions, ...tensors } = stored;
  const embedding = tensors['word_embedding.weight'];
  if (head && embedding && !isEqual(head, embedding)) {
    const message = 'expected the numbers of word_embedding.weight: the paper rounds by the embeddings themselves';
    problems.push({ path: `${FILE}/lm_head.weight`, message });
  }
  return { tensors, problems };
}

/** Returns the sizes of the network that the tensors are of; those that do not show are 0, with a problem each. */
export function sizesOf(tensors: HostTensors): { found: ShownSizes; problems: Problem[] } {
  const problems: Problem[] = [];
  const found = Object.entries(SHOWN_BY).map(([size, [name, axis]]) => {
    const shape = tensors[name]?.shape;
    if (shape?.length === 2 && shape[axis]! > 0) return [size, shape[axis]!] as const;
    const message = `expected a matrix, which shows the ${size}, found ${shape ? `[${shape.join(', ')}]` : 'none'}`;
    problems.push({ path: `${FILE}/${name}`, message });
    return [size, 0] as const;
  });
  const layers = new Set(Object.keys(tensors).flatMap((name) => /^input_transformers\.layer\.(\d+)\./.exec(name)?.[1] ?? []))
    .size;
  return { found: { ...(Object.fromEntries(found) as Omit<ShownSizes, 'layers'>), layers }, problems };
}

/** Returns the problems of the tensors of a network of this size: missing, of another shape or type, or unknown. */
export function shapeProblems(size: PaperSize, tensors: HostTensors): Problem[] {
  if (sizeProblems(size).length > 0) return []; // no network has such sizes
  const specs = paperParameters(size);
  const known = new Set(specs.map(({ name }) => name));
  const wrong = specs.flatMap(({ name, shape }): Problem[] => {
    const tensor = tensors[name];
    const found = tensor ? `${tensor.dtype} [${tensor.shape.join(', ')}]` : 'none';
    const expected = `float32 [${shape.join(', ')}]`;
    return found === expected ? [] : [{ path: `${FILE}/${name}`, message: `expected ${expected}, found ${found}` }];
  });
  const extra = Object.keys(tensors).filter((name) => !known.has(name));
  return [...wrong, ...extra.map((name) => ({ path: `${FILE}/${name}`, message: "is no parameter of the paper's network" }))];
}

function isEqual(a: HostTensor, b: HostTensor): boolean {
  return a.shape.join() === b.shape.join() && a.data.every((x, i) => x === b.data[i]);
}
