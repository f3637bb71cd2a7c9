import { DiffusteerError } from '../base/errors.js';
import { breach, type Party, thrownBreach } from '../guide/breach.js';
import { FUTURE_MEMBERS, GUIDE_FACTORY } from '../guide/contract-members.js';
import type { CheckContext } from '../guide/contract.js';
import type { Fields, FunctionMember, Members } from '../guide/members.js';
import type { GuideOrigin, RegisteredGuide } from '../guide/registry.js';
import type { Judge } from '../judges/judge.js';
import { judgeMembers, type PluginExports } from './exports.js';

/**
 * Returns a guide whose every result is checked against the contract, so that an error names its file and the function at fault.
 * Tensors are checked when the graph is recorded, once per run; values when a batch is made.
 */
export function guardedGuide({ default: factory, future }: PluginExports, origin: GuideOrigin): RegisteredGuide {
  const party: Party = { file: origin.file, guide: factory.name };
  const guide = guarded(factory, GUIDE_FACTORY, '', party);
  return {
    ...guide,
    check: (options, context) => guide.check(options, checkContext(context)),
    ...(future && { future: guarded(future, FUTURE_MEMBERS, 'future.', party) }),
    origin,
  };
}

/** Returns a judge whose scores are checked. */
export const guardedJudge = (judge: Judge, file: string): Judge =>
  guarded(judge, judgeMembers(judge.name), 'judge.', { file, guide: judge.name });

/** Returns a context that throws when a field of the model is read from it, as in plugins for version 0.1. */
function checkContext(context: CheckContext): CheckContext {
  const moved = Object.keys(context.model).map((field) => {
    const get = () => {
      throw new Error(`the second argument of check is { model, via, classes }: read model.${field}, not ${field}`);
    };
    return [field, { get }] as const;
  });
  return Object.defineProperties({ ...context }, Object.fromEntries(moved));
}

/** Returns a copy of an object with guards around its functions. @param prefix put before the names of its members in messages */
function guarded<T extends object>(owner: T, members: Members, prefix: string, party: Party): T {
  const fields = owner as Fields;
  const guards = Object.entries(members).flatMap(([name, member]): [string, unknown][] => {
    const value = fields[name];
    if (value === undefined) return [];
    const point = prefix + name;
    switch (member.kind) {
      case 'value':
        return [[name, value]]; // a class may inherit it
      case 'function':
        return [[name, guardedFunction((...args) => (value as Call).apply(owner, args), member, point, party)]];
      case 'object':
        return [[name, guarded(value as object, member.members, `${point}.`, party)]];
    }
  });
  return { ...owner, ...Object.fromEntries(guards) };
}

type Call = (...args: unknown[]) => unknown;

function guardedFunction(call: Call, member: FunctionMember, point: string, party: Party): Call {
  const failed = (error: unknown): never => {
    if (member.mayThrow && error instanceof DiffusteerError) throw error;
    throw thrownBreach(party, point, error);
  };
  const checked = (result: unknown, args: readonly unknown[]): unknown => {
    const given = args as never[];
    const problem = member.resultProblem?.(result, ...given);
    if (problem !== undefined) throw breach(party, point, `must return ${problem}`);
    const of = member.resultMembers?.(...given);
    return of ? guarded(result as object, of.members, of.prefix, party) : result;
  };
  return (...args) => {
    let result: unknown;
    try {
      result = call(...args);
    } catch (error) {
      return failed(error);
    }
    return result instanceof Promise ? result.catch(failed).then((found) => checked(found, args)) : checked(result, args);
  };
}
