/** A regular expression over tokens: what `compileExpression` makes an automaton of. */
export type Expression =
  | { readonly kind: 'one'; /** one token out of these */ readonly tokens: readonly number[] }
  | { readonly kind: 'sequence'; readonly parts: readonly Expression[] }
  | { readonly kind: 'choice'; readonly parts: readonly Expression[] }
  | { readonly kind: 'repeat'; readonly part: Expression; readonly min: number; /** may be Infinity */ readonly max: number };

export const one = (tokens: readonly number[]): Expression => ({ kind: 'one', tokens });
export const sequence = (...parts: readonly Expression[]): Expression => ({ kind: 'sequence', parts });
export const choice = (...parts: readonly Expression[]): Expression => ({ kind: 'choice', parts });
export const repeat = (part: Expression, min: number, max = Infinity): Expression => ({ kind: 'repeat', part, min, max });

/** Every set of tokens in an expression. */
export function tokenSets(expression: Expression): (readonly number[])[] {
  switch (expression.kind) {
    case 'one':
      return [expression.tokens];
    case 'repeat':
      return tokenSets(expression.part);
    default:
      return expression.parts.flatMap(tokenSets);
  }
}
