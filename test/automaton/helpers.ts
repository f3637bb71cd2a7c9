import fc from 'fast-check';
import { type Automaton, choice, one, repeat, sequence, type TokenRegex } from '../../lib/automaton/index.js';

/** Returns every sequence over the tokens 0 to `size` - 1 of at most `length` tokens. */
export function sequences(size: number, length: number): number[][] {
  let layer: number[][] = [[]];
  const all = [...layer];
  for (let n = 0; n < length; n++) {
    layer = layer.flatMap((text) => Array.from({ length: size }, (_, token) => [...text, token]));
    all.push(...layer);
  }
  return all;
}

/** Returns the positions at which a match of `expression` from `from` may end in `text`, by plain backtracking. */
export function endsOf(expression: TokenRegex, text: readonly number[], from: number): Set<number> {
  switch (expression.kind) {
    case 'one':
      return new Set(from < text.length && expression.tokens.includes(text[from]!) ? [from + 1] : []);
    case 'sequence':
      return expression.parts.reduce(
        (ends, part) => new Set([...ends].flatMap((end) => [...endsOf(part, text, end)])),
        new Set([from]),
      );
    case 'choice':
      return new Set(expression.parts.flatMap((part) => [...endsOf(part, text, from)]));
    case 'repeat': {
      const { part, min, max } = expression;
      const all = new Set<number>();
      let ends = new Set([from]);
      // More rounds than the text has tokens add only empty matches.
      for (let n = 0; n <= Math.min(max, min + text.length + 1) && ends.size > 0; n++) {
        if (n >= min) ends.forEach((end) => all.add(end));
        ends = new Set([...ends].flatMap((end) => [...endsOf(part, text, end)]));
      }
      return all;
    }
  }
}

export const matches = (expression: TokenRegex, text: readonly number[]): boolean => endsOf(expression, text, 0).has(text.length);

/** Random expressions over the tokens 0 to `size` - 1. */
export function expressions(size: number): fc.Arbitrary<TokenRegex> {
  const tokens = fc.uniqueArray(fc.nat(size - 1), { minLength: 1, maxLength: size });
  return fc.letrec<{ any: TokenRegex }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      tokens.map(one),
      fc.array(tie('any'), { maxLength: 3 }).map((parts) => sequence(...parts)),
      fc.array(tie('any'), { minLength: 1, maxLength: 3 }).map((parts) => choice(...parts)),
      fc
        .tuple(tie('any'), fc.nat(2), fc.oneof(fc.nat(2), fc.constant(Infinity)))
        .map(([part, min, more]) => repeat(part, min, min + more)),
    ),
  })).any;
}

/** Random automata over the tokens 0 to `size` - 1 with a separate class for each. */
export function automata(size: number, most = 4): fc.Arbitrary<Automaton> {
  return fc.integer({ min: 1, max: most }).chain((states) =>
    fc
      .tuple(
        fc.array(fc.integer({ min: -1, max: states - 1 }), { minLength: states * size, maxLength: states * size }),
        fc.array(fc.integer({ min: 0, max: 1 }), { minLength: states, maxLength: states }),
      )
      .map(([next, accepting]) => ({
        classOf: Int32Array.from({ length: size }, (_, token) => token),
        classes: size,
        states,
        next: Int32Array.from(next),
        start: 0,
        accepting: Uint8Array.from(accepting),
      })),
  );
}
