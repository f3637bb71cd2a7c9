import type { Problem } from '../base/errors.js';
import { nearest } from '../base/nearest.js';
import type { CertifyConfig } from '../config/index.js';
import type { TextScores } from '../evaluate/metrics.js';
import type { FluencyJudge } from '../judges/fluency/fluency.js';
import type { Judge } from '../judges/judge.js';
import { judgesFor } from '../judges/registry.js';

/** A bound that a score must keep. */
export interface Condition {
  /** Names it in the certificate: the judge, with the definition of its score. */
  readonly name: string;
  /** Label of the clause, or name of the language model. */
  readonly judge: string;
  readonly kind: 'control' | 'fluency';
  readonly definition?: string;
  /** `least` of a score from 0 to 1, or `most` nats per token. */
  readonly bound: number;
}

/** The judges of the conditions. */
export interface ConditionJudges {
  /** By label of the clause. */
  readonly judges: ReadonlyMap<string, Judge>;
  readonly fluency: readonly FluencyJudge[];
}

/**
 * Reads the conditions of a config and finds their judges.
 *
 * @param labels labels of the clauses of `guidance`
 * @returns the conditions, with every problem of the others
 */
export function readConditions(
  accept: CertifyConfig['accept'],
  labels: readonly string[],
  { judges: all, fluency }: { readonly judges: readonly Judge[]; readonly fluency: readonly FluencyJudge[] },
): { conditions: Condition[]; by: ConditionJudges; problems: Problem[] } {
  const { judges, unjudged } = judgesFor(labels, all);
  const names = fluency.map(({ name }) => name);
  const problems: Problem[] = [];
  const conditions = accept.flatMap((given, i): Condition[] => {
    const path = `/accept/${i}`;
    const isControl = judges.has(given.judge);
    if (!isControl && !names.includes(given.judge)) {
      problems.push({ path: `${path}/judge`, message: unknownJudge(given.judge, [...judges.keys(), ...names], unjudged) });
      return [];
    }
    const problem = isControl ? controlProblem(given) : fluencyProblem(given);
    if (problem !== undefined) problems.push({ path, message: problem });
    return [conditionOf(given, isControl)];
  });
  conditions.forEach(({ name }, i) => {
    if (conditions.findIndex((other) => other.name === name) < i)
      problems.push({ path: '/accept', message: `has two conditions on ${name}; keep the stricter one` });
  });
  const used = new Set(conditions.map(({ judge }) => judge));
  return {
    conditions,
    by: {
      judges: new Map([...judges].filter(([label]) => used.has(label))),
      fluency: fluency.filter(({ name }) => used.has(name)),
    },
    problems,
  };
}

const conditionOf = ({ judge, definition, least = 1, most = Infinity }: Given, isControl: boolean): Condition => ({
  name: definition === undefined ? judge : `${judge} (${definition})`,
  judge,
  kind: isControl ? 'control' : 'fluency',
  ...(definition !== undefined && { definition }),
  bound: isControl ? least : most,
});

function unknownJudge(name: string, known: readonly string[], unjudged: readonly string[]): string {
  if (unjudged.includes(name)) return `no judge knows the guide "${name}"; give one in the folder of --plugins`;
  const meant = nearest(name, known);
  return `expected a clause of \`guidance\` or a language model (${known.join(', ') || 'there is none'}), got ${JSON.stringify(name)}${meant === undefined ? '' : `; did you mean ${JSON.stringify(meant)}?`}`;
}

type Given = CertifyConfig['accept'][number];

const controlProblem = ({ judge, most }: Given): string | undefined =>
  most === undefined ? undefined : `"${judge}" has a score, which is bounded by \`least\`; leave out \`most\``;

function fluencyProblem({ judge, least, most, definition }: Given): string | undefined {
  if (least !== undefined || definition !== undefined)
    return `"${judge}" gives nats per token, which \`most\` bounds; leave out \`least\` and \`definition\``;
  return most === undefined ? `"${judge}" gives nats per token; say how many a text may cost at \`most\`` : undefined;
}

/** Returns the score that a condition bounds; undefined if the judge did not give it. */
export function scoreFor({ judge, kind, definition }: Condition, { guides, fluency }: TextScores): number | undefined {
  if (kind === 'fluency') {
    const cost = fluency[judge];
    return cost && ((cost.nats as number | null) ?? Infinity) / cost.tokens; // JSON has null for infinity
  }
  if (definition === undefined) return guides[judge]?.value;
  const other = guides[judge]?.also?.[definition];
  return typeof other === 'object' ? other.part / other.whole : other;
}

/** Returns whether a score keeps the bound of a condition. */
export const keeps = ({ kind, bound }: Condition, score: number): boolean =>
  kind === 'control' ? score >= bound : score <= bound;

/** Returns by how much a score misses the bound of a condition, as a share of the bound: 0 if it keeps it, Infinity without a score. */
export function shortfall(condition: Condition, score: number | undefined): number {
  if (score === undefined) return Infinity;
  return keeps(condition, score) ? 0 : Math.abs(score - condition.bound) / condition.bound;
}
