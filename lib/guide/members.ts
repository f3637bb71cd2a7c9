import { isRecord } from '../base/is-record.js';
import type { Problem } from '../base/errors.js';
import { nearest } from '../config/index.js';
import { valueText } from './breach.js';

export type Fields = Readonly<Record<string, unknown>>;

/** How a member of an interface of the contract is checked at run time. */
export type Member = ValueMember | FunctionMember | ObjectMember;

/** Data. */
export interface ValueMember {
  readonly kind: 'value';
  readonly optional?: true;
  /** Returns what is wrong with the value; paths continue that of the member. `owner` is the object that has the member. */
  problems(value: unknown, owner: Fields): Problem[];
}

/** A function. A guard checks what it returns. */
export interface FunctionMember<A extends readonly unknown[] = never[]> {
  readonly kind: 'function';
  readonly optional?: true;
  /** Whether a DiffusteerError that it throws is an answer to the user, not a breach of the contract. */
  readonly mayThrow?: true;
  /** Returns what is wrong with the parameters that it declares. */
  parametersProblem?(declared: number): string | undefined;
  /** Returns what is wrong with what it returned, as the rest of "must return ...". */
  resultProblem?(result: unknown, ...args: A): string | undefined;
  /** The members of the object that it returns. */
  resultMembers?(...args: A): ResultMembers;
}

export interface ResultMembers {
  readonly members: Members;
  /** What messages put before the names of these members. */
  readonly prefix: string;
}

/** An object with members of its own. */
export interface ObjectMember {
  readonly kind: 'object';
  readonly optional?: true;
  readonly members: Members;
}

export type Members = Readonly<Record<string, Member>>;

/**
 * A table with a row for each member of the interface `T`, optional if and only if the member is: an interface that gains a member does
 * not compile until its table has a row for it.
 */
export type MembersOf<T> = {
  readonly [K in keyof T]-?: (NonNullable<T[K]> extends (...args: infer A) => unknown
    ? FunctionMember<A>
    : ValueMember | ObjectMember) &
    (Partial<Pick<T, K>> extends Pick<T, K> ? { readonly optional: true } : { readonly optional?: never });
};

/** Returns everything that is wrong with an object's members: missing, of the wrong kind, or nearly the name of one. */
export function memberProblems(owner: Fields, members: Members): Problem[] {
  return [
    ...Object.entries(members).flatMap(([name, member]) =>
      problemsOf(owner[name], member, owner).map(({ path, message }) => ({ path: name + path, message })),
    ),
    ...misspelled(owner, Object.keys(members)),
  ];
}

function problemsOf(value: unknown, member: Member, owner: Fields): Problem[] {
  if (value === undefined && member.optional) return [];
  switch (member.kind) {
    case 'value':
      return member.problems(value, owner);
    case 'function':
      return typeof value === 'function'
        ? listed(member.parametersProblem?.(value.length))
        : listed(`expected a function, got ${valueText(value)}`);
    case 'object':
      return isRecord(value)
        ? memberProblems(value, member.members).map(({ path, message }) => ({ path: `.${path}`, message }))
        : listed(`expected an object, got ${valueText(value)}`);
  }
}

/** Keys that nothing reads and that are nearly the name of a member. */
function misspelled(owner: Fields, known: readonly string[]): Problem[] {
  return Object.keys(owner).flatMap((key) => {
    const meant = known.includes(key) ? undefined : nearest(key, known);
    return meant === undefined ? [] : [{ path: key, message: `is not read, did you mean ${meant}?` }];
  });
}

/** Returns a member of plain data. @param problem what is wrong with a value, or undefined */
export const data = (problem: (value: unknown) => string | undefined): ValueMember & { readonly optional?: never } => ({
  kind: 'value',
  problems: (value) => listed(problem(value)),
});

/** Returns the same member, optional. */
export const optional = <M extends object>(member: M): Omit<M, 'optional'> & { readonly optional: true } => ({
  ...member,
  optional: true,
});

const listed = (message: string | undefined): Problem[] => (message === undefined ? [] : [{ path: '', message }]);
