import { type FileHandle, open } from 'node:fs/promises';
import { endianness } from 'node:os';
import { DiffusteerError, InputError } from '../../base/errors.js';
import { unreadable, writeAside } from '../../base/files.js';
import type { HostTensor, HostTensors } from '../../engine/types.js';
import { floatsOf, floatsOfBrain, halvesOf } from './float16.js';
import { ELEMENT_BYTES, type Entry, readAt, readHeader, type StoredType } from './safetensors-header.js';

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
    for (const entry of entries) tensors.push([entry.name, decode(path, entry, await bytesOf(path, file, entry))]);
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

/** The F64 tensors of a safetensors file in full precision, flat. @throws as readSafetensors */
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
    ...encode(name, tensor, float16),
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

const bytesOf = (path: string, file: FileHandle, { begin, end }: Entry): Promise<Buffer<ArrayBuffer>> =>
  readAt(path, file, begin, end - begin);

function decode(path: string, { name, type, shape }: Entry, { buffer }: Buffer<ArrayBuffer>): HostTensor {
  switch (type) {
    case 'I64':
      return { dtype: 'int32', shape, data: narrow(path, name, new BigInt64Array(buffer)) };
    case 'I32':
      return { dtype: 'int32', shape, data: new Int32Array(buffer) };
    case 'U8':
      return { dtype: 'int32', shape, data: Int32Array.from(new Uint8Array(buffer)) };
    case 'BOOL':
      return { dtype: 'bool', shape, data: checkBits(path, name, new Uint8Array(buffer)) };
    default:
      return { dtype: 'float32', shape, data: floats(type, buffer) };
  }
}

function floats(type: 'F64' | 'F32' | 'F16' | 'BF16', buffer: ArrayBuffer): Float32Array {
  switch (type) {
    case 'F64':
      return new Float32Array(new Float64Array(buffer));
    case 'F32':
      return new Float32Array(buffer);
    case 'F16':
      return floatsOf(new Uint16Array(buffer));
    case 'BF16':
      return floatsOfBrain(new Uint16Array(buffer));
  }
}

function narrow(path: string, name: string, data: BigInt64Array): Int32Array {
  const wide = data.find((n) => n !== BigInt.asIntN(32, n));
  if (wide !== undefined)
    throw new InputError(path, [{ path: `/${name}`, message: `expected whole numbers of 32 bits, found ${wide}` }]);
  return Int32Array.from(data, Number);
}

function checkBits(path: string, name: string, data: Uint8Array): Uint8Array {
  const wrong = data.find((bit) => bit > 1);
  if (wrong !== undefined)
    throw new InputError(path, [{ path: `/${name}`, message: `expected BOOL bytes 0 or 1, found ${wrong}` }]);
  return data;
}

function encode(name: string, { dtype, shape, data }: HostTensor, float16: boolean): { type: StoredType; bytes: Uint8Array } {
  const size = shape.reduce((a, b) => a * b, 1);
  if (name === '__metadata__' || size !== data.length)
    throw new DiffusteerError(
      `tensor ${name}: expected another name than __metadata__ and ${size} numbers for [${shape.join(', ')}], found ${data.length}`,
    );
  if (dtype === 'float32' && float16) return { type: 'F16', bytes: viewOf(halvesChecked(name, data as Float32Array)) };
  return { type: dtype === 'float32' ? 'F32' : dtype === 'int32' ? 'I32' : 'BOOL', bytes: viewOf(data) };
}

function halvesChecked(name: string, data: Float32Array): Uint16Array {
  const halves = halvesOf(data);
  const lost = data.findIndex((x, i) => Number.isFinite(x) && (halves[i]! & 0x7c00) === 0x7c00);
  if (lost >= 0)
    throw new DiffusteerError(`tensor ${name}: ${data[lost]} does not fit a half (at most 65504); write it without float16`);
  return halves;
}

const viewOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
