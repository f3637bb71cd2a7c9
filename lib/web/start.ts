import { DiffusteerError, messageOf } from '../base/errors.js';
import { type OrtWeb, webDevice } from '../engine/devices/web.js';
import type { Device } from '../engine/types.js';
import type { Registry } from '../guide/registry.js';
import { createEngine, type Engine } from '../serve/engine.js';
import { disk } from './disk.js';
import type { ExportManifest, LoadProgress } from './protocol.js';

/** onnxruntime-web as a module of the export. */
export interface OrtModule extends OrtWeb {
  readonly env: { readonly wasm: { wasmBinary?: ArrayBuffer; numThreads?: number } };
}

/** The parts that an export is started from. */
export interface StartParts {
  /** Address of the folder of the export. */
  readonly base: string;
  /** The guides that this build knows; the export says which of them configs may use. */
  readonly guides: Registry;
  importOrt(): Promise<OrtModule>;
  onProgress(progress: LoadProgress): void;
}

/** Most texts of a run. */
const MOST_TEXTS = 64;

/** An engine of an export, and what it computes on. */
export interface StartedExport {
  readonly engine: Engine;
  readonly provider: Provider;
}

type Provider = ExportManifest['provider'];

/** Fetches an export and starts an engine on it. @throws DiffusteerError that says what could not be loaded, and what to do */
export async function startExport({ base, guides, importOrt, onProgress }: StartParts): Promise<StartedExport> {
  const manifest = JSON.parse(new TextDecoder().decode(await fetched(new URL('export.json', base)))) as ExportManifest;
  const paths = Object.keys(manifest.files);
  const sizes = Object.fromEntries(paths.map((path) => [path, manifest.files[path]!.bytes]));
  const of = paths.reduce((sum, path) => sum + manifest.files[path]!.packed, 0);
  let loaded = 0;
  disk.mount(manifest.version, sizes, async (path) => {
    const bytes = await fetched(new URL(`files/${path}.gz`, base));
    onProgress({ loaded: (loaded += manifest.files[path]!.packed), of });
    return unpacked(bytes);
  });
  onProgress({ loaded, of });
  const [{ device, provider }] = await Promise.all([
    startDevice(base, manifest, importOrt),
    ...paths.map((path) => disk.bytes(`/${path}`)),
  ]);
  const registry = new Map([...guides].filter(([name]) => manifest.guides.includes(name)));
  return { engine: createEngine({ registry, openDevice: () => Promise.resolve(device), texts: MOST_TEXTS }), provider };
}

async function startDevice(
  base: string,
  manifest: ExportManifest,
  importOrt: StartParts['importOrt'],
): Promise<{ device: Device; provider: Provider }> {
  const [ort, wasm] = await Promise.all([importOrt(), fetched(new URL('ort.wasm.gz', base)).then(unpacked)]);
  ort.env.wasm.wasmBinary = wasm.buffer;
  ort.env.wasm.numThreads = 1; // more need a server with special headers
  const hasGpu = manifest.provider === 'webgpu' && (await adapter()) !== undefined;
  const provider = hasGpu ? 'webgpu' : 'wasm';
  return { device: webDevice(ort, provider), provider };
}

/** Returns the GPU that the browser offers, if it does. */
async function adapter(): Promise<unknown> {
  const { gpu } = (globalThis as unknown as { navigator: { gpu?: { requestAdapter(): Promise<object | null> } } }).navigator;
  return (await gpu?.requestAdapter().catch(() => null)) ?? undefined;
}

/** Fetches a file. @throws DiffusteerError that names it */
async function fetched(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url).catch((error: unknown) => {
    throw new DiffusteerError(
      `${url.pathname}: the server does not answer (${messageOf(error)}); reload the page when it is back`,
    );
  });
  if (!response.ok)
    throw new DiffusteerError(
      `${url.pathname}: the server answers ${response.status}; publish all files of the export, also those that end in .gz`,
    );
  return new Uint8Array(await response.arrayBuffer());
}

const GZIP = [0x1f, 0x8b];

/** Unpacks gzip, unless the server or the browser has done so, since some servers say that a .gz file is an encoding. */
async function unpacked(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  if (!GZIP.every((byte, i) => bytes[i] === byte)) return bytes;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
