import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { InputError, messageOf } from '../../lib/base/errors.js';
import type { HostTensor } from '../../lib/engine/types.js';
import { readFloat64, readSafetensors, writeSafetensors } from '../../lib/model/checkpoint/safetensors.js';

describe('safetensors', () => {
  const folder = mkdtempSync(join(tmpdir(), 'safetensors-'));
  let path: string; // one for each test
  let made = 0;
  beforeEach(() => (path = join(folder, `${made++}.safetensors`)));
  after(() => rmSync(folder, { recursive: true }));

  const scalar: HostTensor = { dtype: 'float32', shape: [], data: Float32Array.of(0.1) };

  /** Returns a file with any header and data, valid or not. */
  function raw(header: string | Buffer, data: Uint8Array = new Uint8Array(), length?: bigint): void {
    const bytes = Buffer.from(header);
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(length ?? BigInt(bytes.length));
    writeFileSync(path, Buffer.concat([size, bytes, data]));
  }

  async function failure(run: Promise<unknown>): Promise<string> {
    const error = await run.then(
      () => expect.fail('was read without an error'),
      (e: unknown) => e,
    );
    expect(error).to.be.instanceOf(InputError);
    return (error as InputError).message;
  }

  const tensor = fc
    .tuple(fc.constantFrom('float32' as const, 'int32' as const, 'bool' as const), fc.array(fc.nat(4), { maxLength: 4 }))
    .chain(([dtype, shape]) => {
      const size = shape.reduce((a, b) => a * b, 1);
      const numbers = { float32: fc.float(), int32: fc.integer(), bool: fc.nat(1) }[dtype];
      const kinds = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };
      return fc
        .array(numbers, { minLength: size, maxLength: size })
        .map((data): HostTensor => ({ dtype, shape, data: kinds[dtype].from(data) }));
    });
  const name = fc
    .oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('__proto__', 'constructor', 'a.b', ''))
    .filter((s) => s !== '__metadata__');
  const named = fc
    .uniqueArray(fc.tuple(name, tensor), { selector: ([key]) => key, maxLength: 5 })
    .map((pairs) => Object.fromEntries(pairs));

  it('round-trips tensors bit for bit', async () => {
    const property = fc.asyncProperty(named, fc.dictionary(fc.string(), fc.string()), async (tensors, metadata) => {
      await writeSafetensors(path, tensors, { metadata });
      const read = await readSafetensors(path);
      expect(Object.keys(read.tensors).sort()).to.deep.equal(Object.keys(tensors).sort());
      for (const [key, { dtype, shape, data }] of Object.entries(tensors)) {
        expect(read.tensors[key]).to.deep.equal({ dtype, shape, data });
      }
      expect(Object.entries(read.metadata)).to.deep.equal(Object.entries(metadata));
    });
    await fc.assert(property, { numRuns: 50 });
    expect(readdirSync(folder).filter((file) => file.endsWith('.tmp'))).to.deep.equal([]);
  });

  it('throws only an InputError, whatever the bytes', async () => {
    await writeSafetensors(path, {
      'a.weight': { dtype: 'float32', shape: [2, 3], data: new Float32Array(6) },
      flags: { dtype: 'bool', shape: [4], data: new Uint8Array(4) },
    });
    const good = readFileSync(path);
    const edit = fc.record({
      at: fc.nat(good.length - 1),
      byte: fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('0129-[]{}",:.eE'))),
    });
    const damage = fc.record({
      edits: fc.array(edit, { maxLength: 4 }),
      keep: fc.oneof(fc.constant(good.length), fc.nat(good.length)),
    });
    let refused = 0;
    const property = fc.asyncProperty(damage, async ({ edits, keep }) => {
      const bytes = Buffer.from(good);
      for (const { at, byte } of edits) bytes[at] = byte;
      writeFileSync(path, bytes.subarray(0, keep));
      await readSafetensors(path).catch((error: unknown) => {
        refused++;
        expect(error).to.be.instanceOf(InputError);
      });
    });
    await fc.assert(property, { numRuns: 250 });
    expect(refused).to.be.greaterThan(30); // the file was damaged
  });

  it('reads every width that checkpoints use', async () => {
    const header = {
      i64: { dtype: 'I64', shape: [2], data_offsets: [0, 16] },
      f64: { dtype: 'F64', shape: [1], data_offsets: [16, 24] },
      i32: { dtype: 'I32', shape: [1], data_offsets: [24, 28] },
      f16: { dtype: 'F16', shape: [2], data_offsets: [28, 32] },
      bf16: { dtype: 'BF16', shape: [1], data_offsets: [32, 34] },
      u8: { dtype: 'U8', shape: [2], data_offsets: [34, 36] },
      bool: { dtype: 'BOOL', shape: [2], data_offsets: [36, 38] },
    };
    const data = Buffer.alloc(38);
    data.writeBigInt64LE(-5n, 0);
    data.writeBigInt64LE(2147483647n, 8);
    data.writeDoubleLE(0.1, 16);
    data.writeInt32LE(-7, 24);
    data.writeUInt16LE(0x3c00, 28);
    data.writeUInt16LE(0x8001, 30);
    data.writeUInt16LE(0xc000, 32);
    data.set([3, 255, 0, 1], 34);
    raw(JSON.stringify(header), data);
    const { tensors } = await readSafetensors(path);
    expect(tensors).to.deep.equal({
      i64: { dtype: 'int32', shape: [2], data: Int32Array.of(-5, 2147483647) },
      f64: { dtype: 'float32', shape: [1], data: Float32Array.of(0.1) },
      i32: { dtype: 'int32', shape: [1], data: Int32Array.of(-7) },
      f16: { dtype: 'float32', shape: [2], data: Float32Array.of(1, -(2 ** -24)) },
      bf16: { dtype: 'float32', shape: [1], data: Float32Array.of(-2) },
      u8: { dtype: 'int32', shape: [2], data: Int32Array.of(3, 255) },
      bool: { dtype: 'bool', shape: [2], data: Uint8Array.of(0, 1) },
    });
    expect(await readFloat64(path)).to.deep.equal({ f64: Float64Array.of(0.1) });
  });

  it('stores float32 as halves if asked to, and no other types', async () => {
    const ids: HostTensor = { dtype: 'int32', shape: [1], data: Int32Array.of(70000) };
    await writeSafetensors(path, { scalar, ids }, { float16: true });
    const { tensors } = await readSafetensors(path);
    expect(tensors['scalar']!.data[0]).to.equal(1638 / 2 ** 14); // the nearest half to 0.1 is 1638 * 2^-14
    expect(tensors['ids']).to.deep.equal(ids);
    expect(readFileSync(path).length % 8).to.equal(6); // header and int32 end at a multiple of 4, then two bytes
  });

  it('refuses to write an invalid file, and keeps the old one', async () => {
    await writeSafetensors(path, { scalar });
    const before = readFileSync(path);
    const huge: HostTensor = { dtype: 'float32', shape: [1], data: Float32Array.of(1e6) };
    const ragged: HostTensor = { dtype: 'float32', shape: [3], data: new Float32Array(2) };
    for (const [tensors, expected] of [
      [{ huge }, /tensor huge: 1000000 does not fit a half/],
      [{ ragged }, /tensor ragged: .*3 numbers for \[3\], found 2/],
      [{ __metadata__: scalar }, /another name than __metadata__/],
    ] as const) {
      const message = await writeSafetensors(path, tensors, { float16: true }).then(
        () => '',
        (error: unknown) => messageOf(error),
      );
      expect(message).to.match(expected);
    }
    expect(readFileSync(path).equals(before)).to.equal(true);
  });

  const four = (entry: object): string => JSON.stringify({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 4], ...entry } });
  const hostile: [string, () => void, RegExp][] = [
    ['an empty file', () => writeFileSync(path, ''), /found 0 bytes/],
    ['a header longer than the file', () => raw('{}', undefined, 3n), /header of at most 2 bytes, found a length of 3/],
    ['a header length of 2^64 - 1', () => raw('{}', undefined, 2n ** 64n - 1n), /header of at most 2 bytes/],
    [
      'a header over 100 MB',
      () => {
        raw('', undefined, 150_000_000n);
        truncateSync(path, 200_000_000); // a hole, not written to the disk
      },
      /header of at most 100000000 bytes, found a length of 150000000/,
    ],
    ['invalid JSON', () => raw('{"a":'), /expected a safetensors header in JSON/],
    ['a string without an end', () => raw('{"a'), /expected a safetensors header in JSON/],
    ['invalid UTF-8', () => raw(Buffer.from([0x22, 0xff, 0x22])), /expected a safetensors header in JSON/],
    ['JSON nested a million deep', () => raw('['.repeat(1e6) + ']'.repeat(1e6)), /expected a safetensors header/],
    ['an array', () => raw('[1]'), /an object in JSON, found \[1\]/],
    [
      'a repeated name',
      () => raw('{"a": {"dtype":"F32","shape":[],"data_offsets":[0,4]},"\\u0061"           : {}}', new Uint8Array(4)),
      /"a" stands twice/,
    ],
    [
      'a repeated shape',
      () => raw('{"a":{"shape":[1],"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', new Uint8Array(8)),
      /"shape" stands twice/,
    ],
    ['a tensor that is not an object', () => raw('{"a": 3}'), /\/a: expected a tensor's dtype, shape and data_offsets, found 3/],
    ['an unknown dtype', () => raw(four({ dtype: 'F8' }), new Uint8Array(4)), /\/a: expected a dtype of .*F32.*, found "F8"/],
    ['a dtype from the prototype', () => raw(four({ dtype: 'toString' }), new Uint8Array(4)), /\/a: expected a dtype/],
    ['a negative dimension', () => raw(four({ shape: [-1, -1] }), new Uint8Array(4)), /\/a: expected a shape .*found \[-1,-1\]/],
    ['a fractional dimension', () => raw(four({ shape: [0.5, 2] }), new Uint8Array(4)), /\/a: expected a shape/],
    [
      'a shape that overflows',
      () => raw(four({ shape: [2 ** 52, 2 ** 52] }), new Uint8Array(4)),
      /\/a: expected .* bytes for F32 .*, found 4/,
    ],
    [
      'a shape of another size',
      () => raw(four({ shape: [2] }), new Uint8Array(4)),
      /\/a: expected 8 bytes for F32 \[2\], found 4/,
    ],
    ['one offset', () => raw(four({ data_offsets: [0] }), new Uint8Array(4)), /\/a: expected data_offsets \[begin, end\]/],
    [
      'offsets in the wrong order',
      () => raw(four({ data_offsets: [4, 0] }), new Uint8Array(4)),
      /\/a: expected data_offsets in order/,
    ],
    [
      'data that ends early',
      () => raw(four({}), new Uint8Array(3)),
      /\/a: .*at most 3, the bytes after the header, found \[0, 4\]/,
    ],
    [
      'data after the last tensor',
      () => raw(four({}), new Uint8Array(5)),
      /expected 4 bytes of tensors after the header, found 5/,
    ],
    [
      'tensors that overlap',
      () =>
        raw(
          '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}',
          new Uint8Array(6),
        ),
      /\/b: expected to begin at byte 4.*found 2/,
    ],
    [
      'a hole between tensors',
      () =>
        raw(
          '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[5,9]}}',
          new Uint8Array(9),
        ),
      /\/b: expected to begin at byte 4.*found 5/,
    ],
    ['metadata of numbers', () => raw('{"__metadata__":{"epoch":3}}'), /\/__metadata__: expected an object of strings/],
    [
      'an I64 that needs more than 32 bits',
      () => raw(four({ dtype: 'I64', data_offsets: [0, 8] }), Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0)),
      /\/a: expected whole numbers of 32 bits, found 4294967296/,
    ],
    [
      'a BOOL of 2',
      () => raw(four({ dtype: 'BOOL', data_offsets: [0, 1] }), Uint8Array.of(2)),
      /\/a: expected BOOL bytes 0 or 1, found 2/,
    ],
  ];
  for (const [what, make, expected] of hostile) {
    it(`names ${what}`, async () => {
      make();
      const message = await failure(readSafetensors(path));
      expect(message).to.match(expected);
      expect(message).to.contain(path);
      expect(message.length).to.be.lessThan(600);
    });
  }

  it('reports all wrong tensors at once', async () => {
    raw('{"a":{"dtype":"F8"},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', new Uint8Array(4));
    expect(await failure(readSafetensors(path))).to.match(/2 problems[^]*\/a: [^]*\/b: /);
  });

  it('describes the problem with the path', async () => {
    expect(await failure(readSafetensors(join(folder, 'none')))).to.match(/none: no such file/);
    expect(await failure(readSafetensors(folder))).to.match(/expected a file, found a folder/);
  });

  it('names a file that was cut off anywhere', async () => {
    await writeSafetensors(path, { scalar });
    for (let size = readFileSync(path).length - 1; size >= 0; size--) {
      truncateSync(path, size);
      await failure(readSafetensors(path));
    }
  });
});
