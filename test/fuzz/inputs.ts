import fc from 'fast-check';

/** Random edits of valid bytes: a cut, and pieces that are removed, repeated or replaced. */
export const damaged = (valid: Uint8Array): fc.Arbitrary<Buffer> => {
  const edit = fc.record({
    at: fc.nat(valid.length),
    length: fc.oneof(fc.nat(3), fc.nat(valid.length)),
    kind: fc.constantFrom('cut', 'remove', 'repeat', 'replace', 'insert'),
    bytes: fc.oneof(fc.uint8Array({ maxLength: 8 }), fc.constantFrom('null', '{}', '[]', '-1', '1e999', '"', '\\', '\n').map(Buffer.from)), // prettier-ignore
  });
  return fc.array(edit, { minLength: 1, maxLength: 4 }).map((edits) =>
    edits.reduce<Buffer>((before, { at, length, kind, bytes }) => {
      const [head, piece, tail] = [before.subarray(0, at), before.subarray(at, at + length), before.subarray(at + length)];
      if (kind === 'cut') return head;
      const middle = { remove: [], repeat: [piece, piece], replace: [bytes], insert: [bytes, piece] }[kind]!;
      return Buffer.concat([head, ...middle, tail]);
    }, Buffer.from(valid)),
  );
};

/** Texts made of the signs of a syntax, and some that are not. */
export const texts = (...signs: readonly string[]): fc.Arbitrary<string> =>
  fc
    .array(
      fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(...signs) },
        { weight: 1, arbitrary: fc.string({ maxLength: 5, unit: 'binary' }) },
      ),
      { maxLength: 40 },
    ) // prettier-ignore
    .map((parts) => parts.join(''));

/** JSON values in which some places of a valid value hold something else. */
export const changed = (valid: unknown): fc.Arbitrary<unknown> => {
  const changes = fc.array(fc.tuple(fc.nat(), fc.jsonValue({ maxDepth: 3 }), fc.boolean()), { minLength: 1, maxLength: 4 });
  return changes.map((list) =>
    list.reduce<unknown>((before, [where, value, isRemoved]) => {
      const places = placesOf(before);
      const at = where % places.length;
      let seen = -1;
      const visit = (item: unknown): unknown => {
        if (++seen === at) return isRemoved ? undefined : value;
        if (Array.isArray(item)) return item.map(visit);
        if (typeof item !== 'object' || item === null) return item;
        return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, visit(inner)]));
      };
      return visit(before);
    }, valid),
  );
};

const placesOf = (value: unknown): unknown[] => [
  value,
  ...(typeof value === 'object' && value !== null ? Object.values(value).flatMap(placesOf) : []),
];
