import { type FileHandle, open } from 'node:fs/promises';
import { endianness } from 'node:os';
import { DiffusteerError } from '../../base/errors.js';
import { unreadable, writeAside } from '../../base/files.js';
import type { HostTensor, HostTensors } from '../../engine/types.js';
import { decodeTensor, encodeTensor } from './elements.js';
import { ELEMENT_BYTES, type Entry, readAt, readHeader } from './safetensors-header.js';

export interface SafetensorsFile {
  readonly tensors: Record<string, HostTensor>;
  readonly metadata: Record<string, string>;
}

/**
 * Reads a safetensors file. Floats of any width become float32, whole numbers int32.
 * @throws InputError that names the file, the tensor, what was expected and what was found
 */
export async function readSafetensors(path: string): Promise<SafetensorsFile> {
  return withFile(path, async (file) => {
    const { entries, metadata } = await readHeader(path, file);
    const tensors: [string, HostTensor][] = [];
    for (const entry of entries) tensors.push([entry.name, decodeTensor(path, entry, await bytesOf(path, file, entry))]);
    return { tensors: Object.fromEntries(tensors), metadata };
  });
}

/** Reads the shapes of a safetensors file's tensors from its header alone. @throws InputError as readSafetensors, except for the numbers */
export async function readShapes(path: string): Promise<Record<string, Pick<HostTensor, 'shape'>>> {
  return withFile(path, async (file) => {
    const { entries } = await readHeader(path, file);
    return Object.fromEntries(entries.map(({ name, shape }) => [name, { shape }]));
  });
}

/** Reads the F64 tensors of a safetensors file in full precision, flat. @throws as readSafetensors */
export async function readFloat64(path: string): Promise<Record<string, Float64Array>> {
  return withFile(path, async (file) => {
    const { entries } = await readHeader(path, file);
    const tensors: [string, Float64Array][] = [];
    for (const entry of entries.filter(({ type }) => type === 'F64')) {
      tensors.push([entry.name, new Float64Array((await bytesOf(path, file, entry)).buffer)]);
    }
    return Object.fromEntries(tensors);
  });
}

export interface WriteOptions {
  readonly metadata?: Readonly<Record<string, string>>;
  /** Stores float32 tensors as F16, rounded to nearest even. */
  readonly float16?: boolean;
}

/**
 * Writes a safetensors file aside and renames it, so that a reader sees the old file or the new one.
 * @throws DiffusteerError if a tensor does not fit its shape, a number does not fit F16, or the file cannot be written
 */
export async function writeSafetensors(
  path: string,
  tensors: HostTensors,
  { metadata, float16 = false }: WriteOptions = {},
): Promise<void> {
  const encoded = Object.entries(tensors).map(([name, tensor]) => ({
    name,
    shape: tensor.shape,
    ...encodeTensor(name, tensor, float16),
  }));
  // Wide elements first, so that every tensor starts at a multiple of its element size.
  encoded.sort((a, b) => ELEMENT_BYTES[b.type] - ELEMENT_BYTES[a.type] || (a.name < b.name ? -1 : 1));
  let at = 0;
  const entries = encoded.map(({ name, type, shape, bytes }) => {
    return [name, { dtype: type, shape, data_offsets: [at, (at += bytes.length)] }] as const;
  });
  const json = JSON.stringify(Object.fromEntries([...(metadata ? [['__metadata__', metadata] as const] : []), ...entries]));
  const header = Buffer.from(json + ' '.repeat(-Buffer.byteLength(json) & 7));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  await writeAside(path, Buffer.concat([length, header, ...encoded.map(({ bytes }) => bytes)]));
}

async function withFile<R>(path: string, read: (file: FileHandle) => Promise<R>): Promise<R> {
  // The numbers are taken as they lie in the file, which is little-endian.
  if (endianness() !== 'LE') throw new DiffusteerError(`${path}: safetensors files are not read on a big-endian machine`);
  try {
    const file = await open(path, 'r');
    try {
      return await read(file);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw error instanceof Error && 'syscall' in error ? unreadable(path, error) : error;
  }
}

const bytesOf = (path: string, file: FileHandle, { begin, end }: Entry): Promise<Uint8Array<ArrayBuffer>> =>
  readAt(path, file, begin, end - begin);
