import { messageOf } from '../base/errors.js';
import { check } from '../config/index.js';
import { valueText } from './breach.js';
import type {
  ClassifierSpec,
  GradientGuide,
  GuideFactory,
  ModelInfo,
  ParticlesGuide,
  PosteriorFactors,
  PosteriorGuide,
  ProjectGuide,
  TableSpec,
  Via,
} from './contract.js';
import type { FutureSpec } from './future.js';
import { isRecord } from '../base/is-record.js';
import { data, type Members, type MembersOf, optional, type ValueMember } from './members.js';
import {
  factorsProblem,
  inputProblem,
  isWholeNumbers,
  problemListProblem,
  rewardsProblem,
  sameInputs,
  shapeProblem,
  slopeProblem,
} from './results.js';

const VIAS: readonly Via[] = ['posterior', 'gradient', 'x0-gradient', 'project', 'particles'];
/** Keys of a clause, which options cannot use. */
const RESERVED = ['guide', 'via', 'weight', 'window'];

const isStrings = (value: unknown): boolean => Array.isArray(value) && value.every((item) => typeof item === 'string');

const learnsFrom = data((value) =>
  value === 'parses' || isStrings(value) ? undefined : `expected 'parses' or names of columns, got ${valueText(value)}`,
);
const classes = {
  kind: 'function',
  optional: true,
  resultProblem: (result: unknown) => (isStrings(result) ? undefined : `a list of names of classes, got ${valueText(result)}`),
} as const;

const CLASSIFIER: MembersOf<ClassifierSpec> = {
  learnsFrom,
  classes,
  outputs: { kind: 'function' },
  labels: { kind: 'function', resultProblem: (result) => inputProblem(result, undefined) },
  loss: { kind: 'function', resultProblem: (result) => shapeProblem(result, [], 'the mean loss of the batch, a scalar') },
};

const TABLES: MembersOf<TableSpec> = {
  count: { kind: 'function', resultProblem: (result) => inputProblem(result, undefined) },
};

/** The discriminator of a guide for the baseline `fudge`, an export of its own. */
export const FUTURE_MEMBERS: MembersOf<FutureSpec<unknown>> = {
  learnsFrom,
  classes,
  questions: {
    kind: 'function',
    resultProblem: (result) =>
      isWholeNumbers(result) ? undefined : `the number of classes of each question, got ${valueText(result)}`,
  },
  answers: {
    kind: 'function',
    resultProblem: (result, _row, { maxTokens }) =>
      result instanceof Int32Array && result.length % maxTokens === 0
        ? undefined
        : `answers [L, questions] in an Int32Array, L = ${maxTokens}, got ${valueText(result)}`,
  },
  asks: {
    kind: 'function',
    mayThrow: true,
    resultProblem: (result) =>
      Array.isArray(result) && result.every((wanted) => wanted === undefined || isWholeNumbers(wanted))
        ? undefined
        : `a list of classes for each question, or undefined for any, got ${valueText(result)}`,
  },
};

const options: ValueMember & { optional?: never } = data((value) => {
  if (!isRecord(value) || value['type'] !== 'object' || !isRecord(value['properties']))
    return `expected a schema made by Type.Object, got ${valueText(value)}`;
  const taken = Object.keys(value['properties']).filter((key) => RESERVED.includes(key));
  if (taken.length > 0) return `expected other names than ${taken.join(', ')}, which every clause of a config has`;
  try {
    check(value as never, {});
    return undefined;
  } catch (error) {
    return `is not a usable schema: ${messageOf(error)}`;
  }
});

/** The default export of a guide file. */
export const GUIDE_FACTORY: MembersOf<GuideFactory<unknown>> = {
  name: data((value) =>
    typeof value === 'string' && /^[a-z][a-z0-9-]*$/.test(value)
      ? undefined
      : `expected a name for configs, of lower-case letters, digits and dashes, got ${valueText(value)}`,
  ),
  summary: data((value) =>
    typeof value === 'string' && value.trim() !== '' ? undefined : `expected a sentence, got ${valueText(value)}`,
  ),
  options,
  example: {
    kind: 'value',
    problems(value, owner) {
      if (options.problems(owner['options'], owner).length === 0) return check(owner['options'] as never, value).problems.slice();
      return value === undefined ? [{ path: '', message: 'expected options that work' }] : [];
    },
  },
  places: data((value) =>
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((via) => VIAS.includes(via as Via)) &&
    new Set(value).size === value.length
      ? undefined
      : `expected a list of one or more of ${VIAS.join(', ')}, the default first, got ${valueText(value)}`,
  ),
  classifier: { kind: 'object', optional: true, members: CLASSIFIER },
  tables: { kind: 'object', optional: true, members: TABLES },
  trainedAs: optional(
    data((value) =>
      isRecord(value) && Object.keys(value).every((via) => VIAS.includes(via as Via)) && isStrings(Object.values(value))
        ? undefined
        : `expected the names of guides by ${VIAS.join(', ')}, got ${valueText(value)}`,
    ),
  ),
  worksUntrained: optional(
    data((value) => (typeof value === 'boolean' ? undefined : `expected true or false, got ${valueText(value)}`)),
  ),
  check: {
    kind: 'function',
    parametersProblem: (declared) =>
      declared > 2 ? `expected the parameters (options, { model, via, classes }), got ${declared} parameters` : undefined,
    resultProblem: problemListProblem,
  },
  create: {
    kind: 'function',
    resultProblem: (result, { via, model }) => guideProblem(result, via, guideMembers(via, model)),
    resultMembers: ({ via, model }) => ({ prefix: '', members: guideMembers(via, model) }),
  },
};

/** Returns the members of what `create` returns. They are made for each guide, since `encode` compares one batch with the next. */
function guideMembers(via: Via, model: ModelInfo): Members {
  const act = data((value) => (value === via ? undefined : `expected '${via}', got ${valueText(value)}`));
  const posterior: MembersOf<PosteriorGuide<unknown>> = {
    via: act,
    ...READS_FILES,
    factors: {
      kind: 'function',
      resultProblem: (result) => factorsProblem(result, model),
      resultMembers: () => ({ prefix: 'factors.', members: FACTORS }),
    },
    notices: strings('sentences'),
    lines: strings('lines'),
  };
  const gradient: MembersOf<GradientGuide<unknown>> = {
    via: act,
    encode: { kind: 'function', resultProblem: sameInputs() },
    mostWords,
    logProb: {
      kind: 'function',
      resultProblem: (result, z) => shapeProblem(result, [z.shape[0]!], 'one log-probability per row, [B]'),
    },
  };
  const project: MembersOf<ProjectGuide<unknown>> = {
    via: act,
    encode: { kind: 'function', resultProblem: sameInputs() },
    project: {
      kind: 'function',
      resultProblem: (result, x0) => shapeProblem(result, x0.shape, 'predicted x_0 with values written into it, [B, L, D]'),
    },
  };
  const particles: MembersOf<ParticlesGuide<unknown>> = {
    via: act,
    ...READS_FILES,
    reward: { kind: 'function', resultProblem: (result, texts) => rewardsProblem(result, texts.length) },
  };
  return { posterior, gradient, 'x0-gradient': gradient, project, particles }[via];
}

const mostWords = {
  kind: 'function',
  optional: true,
  resultProblem: (result: unknown) =>
    result === undefined || isWholeNumbers([result]) ? undefined : `a number of words or undefined, got ${valueText(result)}`,
} as const;

/** A function that may be missing and returns a list of strings. */
function strings(what: string) {
  const resultProblem = (result: unknown) => (isStrings(result) ? undefined : `a list of ${what}, got ${valueText(result)}`);
  return { kind: 'function', optional: true, resultProblem } as const;
}

const READS_FILES: Pick<MembersOf<PosteriorGuide<unknown>>, 'open' | 'files'> = {
  open: { kind: 'function', optional: true, mayThrow: true },
  files: strings('files'),
};

const unchecked = optional(data(() => undefined)); // `factorsProblem` has checked it

const FACTORS: MembersOf<PosteriorFactors> = {
  logUnary: unchecked,
  automaton: unchecked,
  reward: { kind: 'function', optional: true, resultProblem: (result, probs) => slopeProblem(result, probs.length) },
};

function guideProblem(found: unknown, via: Via, members: Members): string | undefined {
  if (!isRecord(found) || found['via'] !== via)
    return `a guide with via: '${via}', which the config asks for, got ${valueText(found)}`;
  const needed = Object.entries(members).flatMap(([name, { kind, optional }]) =>
    kind === 'function' && !optional ? [name] : [],
  );
  const missing = needed.filter((name) => typeof found[name] !== 'function');
  return missing.length === 0 ? undefined : `the functions ${needed.join(' and ')} for ${via}, lacks ${missing.join(' and ')}`;
}
