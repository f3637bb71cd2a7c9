import { messageOf, type Problem } from '../base/errors.js';
import { check, nearest } from '../config/index.js';
import type { GuideFactory, Via } from '../guide/contract.js';
import type { Judge } from '../judges/judge.js';

type Fields = Readonly<Record<string, unknown>>;

const PLACES: readonly Via[] = ['posterior', 'gradient', 'x0-gradient', 'project', 'particles'];
/** Keys of a clause that are not the guide's to use. */
const RESERVED = ['guide', 'via', 'weight', 'window'];
const OPTIONAL = ['classifier', 'tables', 'trainedAs'];
const REQUIRED: Readonly<Record<string, (value: unknown) => string | undefined>> = {
  name: nameProblem,
  summary: (value) => (typeof value === 'string' && value.trim() !== '' ? undefined : `expected a sentence, got ${shown(value)}`),
  options: optionsProblem,
  places: placesProblem,
  check: functionProblem,
  create: functionProblem,
};

/** What a guide file gives, once it is what the contract asks. */
export interface PluginExports {
  readonly default: GuideFactory<unknown>;
  readonly judge?: Judge;
}

/** All that a module lacks of what a guide file exports (GuideFactory in lib/sampler/guide.ts, Judge in lib/evaluate/judge.ts). */
export function exportProblems(module: Fields): Problem[] {
  const factory = module['default'];
  if (!isRecord(factory)) return [{ path: 'default', message: noDefault(module) }];
  return [...factoryProblems(factory), ...judgeProblems(module['judge'], factory['name'])];
}

function noDefault(module: Fields): string {
  if ('default' in module) return `expected one guide, an object, got ${shown(module['default'])}`;
  const names = Object.keys(module);
  const found = names.length === 0 ? 'the file exports nothing' : `the file exports ${names.join(', ')}`;
  return `expected the guide as the default export, ${found}; what is no guide belongs into a folder of its own`;
}

function factoryProblems(factory: Fields): Problem[] {
  const required = Object.entries(REQUIRED).flatMap(([key, problemOf]) => listed(key, problemOf(factory[key])));
  const hasOptions = optionsProblem(factory['options']) === undefined;
  return [
    ...required,
    ...(hasOptions
      ? exampleProblems(factory)
      : listed('example', 'example' in factory ? undefined : 'expected options that work')),
    ...trainingProblems(factory),
    ...misspelled(factory),
  ];
}

const listed = (path: string, message: string | undefined): Problem[] => (message === undefined ? [] : [{ path, message }]);

function nameProblem(value: unknown): string | undefined {
  const isName = typeof value === 'string' && /^[a-z][a-z0-9-]*$/.test(value);
  return isName ? undefined : `expected small letters, digits and dashes, as a config will name the guide, got ${shown(value)}`;
}

function optionsProblem(value: unknown): string | undefined {
  if (!isRecord(value) || value['type'] !== 'object' || !isRecord(value['properties']))
    return `expected a schema made by Type.Object, got ${shown(value)}`;
  const taken = Object.keys(value['properties']).filter((key) => RESERVED.includes(key));
  if (taken.length > 0) return `expected other names than ${taken.join(', ')}, which every clause of a config has`;
  try {
    check(value as never, {});
    return undefined;
  } catch (error) {
    return `is no schema that can be used: ${messageOf(error)}`;
  }
}

function exampleProblems({ options, example }: Fields): Problem[] {
  return check(options as never, example).problems.map(({ path, message }) => ({ path: `example${path}`, message }));
}

function placesProblem(value: unknown): string | undefined {
  const isList = Array.isArray(value) && value.length > 0 && value.every((place) => PLACES.includes(place as Via));
  return isList && new Set(value).size === value.length
    ? undefined
    : `expected a list of one or more of ${PLACES.join(', ')}, the default first, got ${shown(value)}`;
}

function functionProblem(value: unknown): string | undefined {
  return typeof value === 'function' ? undefined : `expected a function, got ${shown(value)}`;
}

function trainingProblems({ classifier, tables, trainedAs }: Fields): Problem[] {
  const functions = (path: string, of: unknown, names: readonly string[]) =>
    isRecord(of)
      ? names.flatMap((name) => listed(`${path}.${name}`, functionProblem(of[name])))
      : listed(path, `expected an object, got ${shown(of)}`);
  const learnsFrom = isRecord(classifier) ? classifier['learnsFrom'] : undefined;
  const isSource = learnsFrom === 'parses' || isStrings(learnsFrom);
  return [
    ...(classifier === undefined
      ? []
      : [
          ...functions('classifier', classifier, ['outputs', 'labels', 'loss']),
          ...listed(
            'classifier.learnsFrom',
            isSource ? undefined : `expected 'parses' or names of columns, got ${shown(learnsFrom)}`,
          ),
        ]),
    ...(tables === undefined ? [] : functions('tables', tables, ['count'])),
    ...(trainedAs === undefined || isRecord(trainedAs) ? [] : listed('trainedAs', `expected an object, got ${shown(trainedAs)}`)),
  ];
}

/** A key that nothing reads and that is nearly one that something would. */
function misspelled(factory: Fields): Problem[] {
  const known = [...Object.keys(REQUIRED), 'example', ...OPTIONAL];
  return Object.keys(factory).flatMap((key) => {
    const meant = known.includes(key) ? undefined : nearest(key, known);
    return meant === undefined ? [] : [{ path: key, message: `is not read, did you mean ${meant}?` }];
  });
}

function judgeProblems(judge: unknown, guide: unknown): Problem[] {
  if (judge === undefined) return [];
  if (!isRecord(judge)) return listed('judge', `expected an object, got ${shown(judge)}`);
  const name =
    judge['name'] === guide ? undefined : `expected the name of the guide, ${shown(guide)}, got ${shown(judge['name'])}`;
  return [...listed('judge.name', name), ...listed('judge.score', functionProblem(judge['score']))];
}

const isRecord = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

const isStrings = (value: unknown): boolean => Array.isArray(value) && value.every((item) => typeof item === 'string');

/** A value as an error message shows it. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return 'a function';
  const text = textOf(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function textOf(value: unknown): string {
  try {
    return (JSON.stringify(value) as string | undefined) ?? `a ${typeof value}`;
  } catch {
    return `a ${typeof value}`; // a bigint, or an object that holds itself
  }
}
