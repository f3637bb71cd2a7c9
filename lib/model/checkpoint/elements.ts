import { DiffusteerError, InputError } from '../../base/errors.js';
import type { HostTensor } from '../../engine/types.js';
import type { Entry, StoredType } from './safetensors-header.js';

/**
 * Returns a stored tensor: floats of any width become float32, whole numbers int32.
 *
 * @param path of the file, for messages
 * @throws InputError if a whole number needs over 32 bits, or a BOOL is neither 0 nor 1
 */
export function decodeTensor(path: string, { name, type, shape }: Entry, { buffer }: Uint8Array<ArrayBuffer>): HostTensor {
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

/**
 * Returns the type and the bytes in which a tensor is stored.
 *
 * @param float16 stores float32 as F16, rounded to nearest even
 * @throws DiffusteerError if the tensor does not fit its shape, or a number does not fit F16
 */
export function encodeTensor(
  name: string,
  { dtype, shape, data }: HostTensor,
  float16: boolean,
): { type: StoredType; bytes: Uint8Array } {
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

/** Returns the IEEE 754 half-precision bits of float32 numbers, rounded to nearest, ties to even. Beyond 65519.99 they become infinite. */
export function halvesOf(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, halfBits);
}

/** Returns the float32 numbers of IEEE 754 half-precision bits; every half is exact. */
export function floatsOf(halves: Uint16Array): Float32Array {
  const table = (floatOfBits ??= Float32Array.from({ length: 0x10000 }, (_, bits) => floatOfHalf(bits)));
  const floats = new Float32Array(halves.length); // a plain loop: a model has millions of them
  for (let i = 0; i < floats.length; i++) floats[i] = table[halves[i]!]!;
  return floats;
}

/** The float32 number of every half, made when first needed. */
let floatOfBits: Float32Array | undefined;

/** Returns the float32 numbers of bfloat16 bits: the upper halves of the float32 bits. */
export function floatsOfBrain(brains: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(brains, (bits) => (bits << 16) >>> 0).buffer);
}

function halfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const mantissa = bits & 0x7fffff;
  const exponent = ((bits >>> 23) & 0xff) - 127 + 15; // biased as in a half
  if (exponent === 0xff - 127 + 15) return sign | (mantissa === 0 ? 0x7c00 : 0x7e00); // infinity, NaN
  if (exponent >= 31) return sign | 0x7c00;
  if (exponent < -10) return sign; // under half of the smallest subnormal
  if (exponent <= 0) return sign | shiftToEven(mantissa | 0x800000, 14 - exponent);
  return sign | shiftToEven((exponent << 23) | mantissa, 13); // a carry into the exponent is right, up to infinity
}

function shiftToEven(value: number, shift: number): number {
  const kept = value >>> shift;
  const rest = value & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept;
}

function floatOfHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const mantissa = bits & 0x3ff;
  if (exponent === 31) return mantissa === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * mantissa * 2 ** -24 : sign * (1024 + mantissa) * 2 ** (exponent - 25);
}
