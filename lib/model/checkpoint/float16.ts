/** The IEEE 754 half-precision bits of float32 numbers, rounded to nearest, ties to even. Beyond 65519.99 they become infinite. */
export function halvesOf(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, halfBits);
}

/** The float32 numbers of IEEE 754 half-precision bits; every half is exact. */
export function floatsOf(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, floatOfHalf);
}

/** The float32 numbers of bfloat16 bits: the upper halves of the float32 bits. */
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
