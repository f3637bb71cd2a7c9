import type { HostTensors } from '../engine/types.js';
import type { Problem } from '../base/errors.js';
import type { ClassifierSpec, GuideFactory, GuideOrigin, ModelInfo, TableSpec } from '../guide/contract.js';
import { breach, calling, type Party } from '../guide/breach.js';
import { shown } from './exports.js';
import { guardedGuide } from './guard-guide.js';
import { inputProblems, ofShape } from './guard-inputs.js';

/**
 * A guide whose every answer is checked against the contract (lib/sampler/guide.ts), so that an error names its file and the point
 * that it broke. Tensors are checked when the graph is recorded, once a run; values when a batch is made.
 */
export function guarded(factory: GuideFactory<unknown>, origin: GuideOrigin): GuideFactory<unknown> {
  const party: Party = { file: origin.file, guide: factory.name };
  const { classifier, tables } = factory;
  return {
    ...factory,
    origin,
    ...(classifier && { classifier: guardedClassifier(classifier, party) }),
    ...(tables && { tables: guardedTables(tables, party) }),
    check(...args) {
      const found: unknown = calling(party, 'check', () => factory.check(...args));
      if (isProblems(found)) return found;
      throw breach(party, 'check', `must return a list of { path, message }, empty where all is well, got ${shown(found)}`);
    },
    create(context) {
      const found: unknown = calling(party, 'create', () => factory.create(context));
      return guardedGuide(found, context, party);
    },
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

const isProblems = (found: unknown): found is Problem[] =>
  Array.isArray(found) &&
  found.every((one) => isRecord(one) && typeof one['path'] === 'string' && typeof one['message'] === 'string');

function guardedClassifier(spec: ClassifierSpec, party: Party): ClassifierSpec {
  const { classes } = spec;
  const call = <T>(point: string, run: () => T): T => calling(party, `classifier.${point}`, run);
  return {
    ...spec,
    ...(classes && { classes: (...args) => call('classes', () => classes.call(spec, ...args)) }),
    outputs: (...args) => call('outputs', () => spec.outputs(...args)),
    labels(...args) {
      const found = call('labels', () => spec.labels(...args));
      return checkedTensors(found, 'classifier.labels', party);
    },
    loss(...args) {
      const found: unknown = call('loss', () => spec.loss(...args));
      return ofShape(found, [], 'classifier.loss', 'the mean loss of the batch, a scalar', party);
    },
  };
}

function guardedTables(spec: TableSpec, party: Party): TableSpec {
  return {
    count: (rows, model: ModelInfo) =>
      checkedTensors(
        calling(party, 'tables.count', () => spec.count(rows, model)),
        'tables.count',
        party,
      ),
  };
}

function checkedTensors<T extends HostTensors>(found: T, point: string, party: Party): T {
  const problems = inputProblems(found, undefined);
  if (problems.length === 0) return found;
  throw breach(party, point, `must return tensors: ${problems.join('; ')}`);
}
