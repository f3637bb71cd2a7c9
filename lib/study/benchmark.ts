import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { nearest, readJson, readTargets, type BenchmarkConfig, type GenerateConfig } from '../config/index.js';
import { InputError, type Problem } from '../base/errors.js';
import { locate } from '../base/locate.js';
import { forAll, varied, type SeriesRun, type Values } from './varied.js';

export type BenchmarkRow = BenchmarkConfig['rows'][number];
export type BenchmarkRun = SeriesRun & { readonly row: BenchmarkRow };

export interface BenchmarkOptions {
  /** Folder of the targets that rows name. */
  readonly targets: string;
  /** Run few targets and texts of each row, in a separate folder. */
  readonly quick?: boolean;
}

/** Returns the folder of the targets with references, if `npm run targets -- --sentences` wrote it, or that of the package. */
export const defaultTargets = (): string => (existsSync('data/targets') ? 'data/targets' : 'configs/targets');

export const outputOf = ({ output }: BenchmarkConfig, { quick }: BenchmarkOptions): string =>
  quick ? `${output}-quick` : output;

/**
 * Returns the runs of a benchmark, one per row.
 *
 * @param where the benchmark's file, for messages
 * @throws InputError with the problems of all runs
 */
export async function benchmarkRuns(config: BenchmarkConfig, options: BenchmarkOptions, where: string): Promise<BenchmarkRun[]> {
  const problems = referenceProblems(config);
  if (problems.length > 0) throw new InputError(where, problems);
  const output = outputOf(config, options);
  return forAll(where, config.rows, async (row) => {
    const base = await readJson(locate(row.config));
    const targets: Values = row.targets === undefined ? {} : { targets: join(options.targets, row.targets) };
    const budget: Values = row.budgetOf === undefined ? {} : { 'method.budgetOf': join(output, row.budgetOf) };
    const given = [row.set, targets, budget, { output: join(output, row.name) }];
    const whole = varied(base, given, row.config);
    const own = options.quick ? varied(base, [...given, await quickValues(config, whole)], row.config) : whole;
    return { name: row.name, row, config: own, where: `${where} ${row.name}` };
  });
}

/** Returns some targets of a run, evenly spaced, with a batch no larger than they need. */
async function quickValues({ quick }: BenchmarkConfig, { targets: source, batchSize }: GenerateConfig): Promise<Values> {
  const all = await readTargets(typeof source === 'string' ? locate(source) : (source as readonly unknown[]));
  const count = Math.min(quick.targets, all.length);
  const targets = Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)]!.fields);
  const texts = count * quick.samplesPerTarget;
  return { targets, samplesPerTarget: quick.samplesPerTarget, batchSize: Math.min(batchSize, texts), ...quick.set };
}

/** Checks that names are unique and refer to something. */
function referenceProblems({ tasks, rows, published }: BenchmarkConfig): Problem[] {
  const names = tasks.map(({ name }) => name);
  const taskProblem = (path: string, task: string): Problem[] => {
    if (names.includes(task)) return [];
    const meant = nearest(task, names);
    const help = meant === undefined ? `expected one of ${names.join(', ')}` : `did you mean ${JSON.stringify(meant)}?`;
    return [{ path, message: `no task is named ${JSON.stringify(task)}, ${help}` }];
  };
  const twice = (list: readonly { name: string }[], path: string): Problem[] =>
    list.flatMap(({ name }, i) =>
      list.findIndex((other) => other.name === name) < i
        ? [{ path: `${path}/${i}/name`, message: `${JSON.stringify(name)} is taken by another` }]
        : [],
    );
  const figures = published.flatMap((paper, i) =>
    Object.entries(paper.figures).flatMap(([task, { control }]) => {
      const path = `/published/${i}/figures/${task}`;
      const wanted = tasks.find(({ name }) => name === task)?.controls.length;
      if (wanted === undefined) return taskProblem(path, task);
      const message = `expected ${wanted} figures, one per control of the task, got ${control.length}`;
      return control.length === wanted ? [] : [{ path: `${path}/control`, message }];
    }),
  );
  return [
    ...twice(tasks, '/tasks'),
    ...twice(rows, '/rows'),
    ...rows.flatMap(({ task }, i) => taskProblem(`/rows/${i}/task`, task)),
    ...rows.flatMap(({ budgetOf }, i) => {
      if (budgetOf === undefined || rows.slice(0, i).some(({ name }) => name === budgetOf)) return [];
      return [{ path: `/rows/${i}/budgetOf`, message: `expected a row above this one, got ${JSON.stringify(budgetOf)}` }];
    }),
    ...figures,
  ];
}
