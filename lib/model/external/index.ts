/** Models of other projects in local ONNX folders. Takes a folder and texts; gives log-probabilities, embeddings and labels; knows nothing of diffusion. */
export { loadTextEmbedder, type TextEmbedder } from './text-embedder.js';
