import { answering, type Call, type OrtModule, startExport } from '../../lib/web/index.js';
import { webGuides } from './guides.js';

// The worker of an exported page: the engine, the guides, and onnxruntime-web as the file ort.mjs next to it.

const ORT = './ort.mjs';
const port = globalThis as unknown as { postMessage(message: unknown): void; onmessage: (event: { data: Call }) => void };

const started = startExport({
  base: new URL('.', import.meta.url).href,
  guides: webGuides,
  importOrt: () => import(ORT) as Promise<OrtModule>,
  onProgress: (progress) => port.postMessage(progress),
});
const answer = answering(port, started);
port.onmessage = ({ data }) => answer(data);
