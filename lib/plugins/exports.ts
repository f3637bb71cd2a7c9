import type { Problem } from '../base/errors.js';
import { valueText } from '../guide/breach.js';
import { FUTURE_MEMBERS, GUIDE_FACTORY } from '../guide/contract-members.js';
import { isRecord } from '../base/is-record.js';
import { data, type Fields, memberProblems, type Members, type MembersOf } from '../guide/members.js';
import type { GuideModule } from '../guide/registry.js';
import type { Judge, Score } from '../judges/judge.js';

/** The exports of a plugin: a guide, and optionally its discriminator for `fudge` and its judge. */
export interface PluginExports extends GuideModule {
  readonly judge?: Judge;
}

/** Returns the members of a guide's judge, which must have the name of the guide. */
export const judgeMembers = (guide: unknown): MembersOf<Judge> => ({
  name: data((value) =>
    value === guide ? undefined : `expected the name of the guide, ${valueText(guide)}, got ${valueText(value)}`,
  ),
  by: {
    kind: 'value',
    optional: true,
    problems: (value) => (typeof value === 'string' ? [] : [{ path: '', message: `expected a name, got ${valueText(value)}` }]),
  },
  score: {
    kind: 'function',
    mayThrow: true,
    resultProblem: (result, texts) => scoresProblem(result, texts.length),
  },
  slots: {
    kind: 'function',
    optional: true,
    resultProblem: (result) =>
      Array.isArray(result) && result.every((slot) => typeof slot === 'string')
        ? undefined
        : `a name for each word position of the target, got ${valueText(result)}`,
  },
});

function scoresProblem(found: unknown, texts: number): string | undefined {
  if (!Array.isArray(found) || found.length !== texts)
    return `one score per text, expected ${texts}, got ${Array.isArray(found) ? found.length : valueText(found)}`;
  const wrong = found.find((score: unknown) => !isScore(score)) as unknown;
  return wrong === undefined ? undefined : `scores { value } from 0 to 1, got ${valueText(wrong)}`;
}

function isScore(score: unknown): boolean {
  const value = (score as Partial<Score> | undefined)?.value;
  return typeof value === 'number' && value >= 0 && value <= 1;
}

/** Returns everything that is wrong with the exports of a guide file. */
export function exportProblems(module: Fields): Problem[] {
  const { default: factory, future, judge } = module;
  if (!isRecord(factory)) return [{ path: 'default', message: noDefault(module) }];
  return [
    ...memberProblems(factory, GUIDE_FACTORY),
    ...('future' in factory ? [{ path: 'future', message: MOVED }] : []),
    ...namedProblems('future', future, FUTURE_MEMBERS),
    ...namedProblems('judge', judge, judgeMembers(factory['name'])),
  ];
}

const MOVED = 'is not read from the guide: export it by its name, `export const future = { ... }`';

function noDefault(module: Fields): string {
  if ('default' in module) return `expected one guide, an object, got ${valueText(module['default'])}`;
  const names = Object.keys(module);
  const found = names.length === 0 ? 'the file exports nothing' : `the file exports ${names.join(', ')}`;
  return `expected the guide as the default export, ${found}; move files that are not guides into a folder inside this one`;
}

function namedProblems(name: string, value: unknown, members: Members): Problem[] {
  if (value === undefined) return [];
  if (!isRecord(value)) return [{ path: name, message: `expected an object, got ${valueText(value)}` }];
  return memberProblems(value, members).map(({ path, message }) => ({ path: `${name}.${path}`, message }));
}
