import { expect } from 'chai';
import { join } from 'node:path';
import { guidesWith } from '../../guidance/index.js';
import { InputError } from '../../lib/base/errors.js';
import type { GenerateEvent, StepEvent, TextEvent } from '../../lib/serve/api.js';
import { createEngine, type Engine } from '../../lib/serve/engine.js';
import { withFolder, writeTinyModel } from '../tiny-model.js';

export const STEPS = 6;
export const guidance = [
  { guide: 'regex', pattern: '(The|A) .{1,3} (pond|garden) .*' },
  { guide: 'length', length: { min: 4, max: 5 } },
];

/** Runs `use` with an engine and requests for a tiny model inside the working folder, whose modules `reward` may run. */
export const withEngine = (
  use: (engine: Engine, request: (changes?: object) => object, folder: string) => Promise<void>,
): Promise<void> =>
  withFolder(async (folder) => {
    await writeTinyModel(join(folder, 'model'));
    const before = process.cwd();
    process.chdir(folder);
    const engine = createEngine({ registry: guidesWith({ modules: folder }) });
    const base = { model: 'model', device: 'onnx-cpu', sampler: { steps: STEPS }, batchSize: 4, guidance };
    try {
      await use(engine, (changes = {}) => ({ ...base, ...changes }), folder);
    } finally {
      await engine.dispose();
      process.chdir(before);
    }
  });

export async function eventsOf(engine: Engine, request: object, options = {}): Promise<GenerateEvent[]> {
  const events: GenerateEvent[] = [];
  for await (const event of (await engine.run(request, options)).events()) events.push(event);
  return events;
}

/** Returns the lines of finished texts, by sample. */
export const textsIn = (events: readonly GenerateEvent[]): TextEvent['line'][] =>
  events.flatMap((event) => (event.event === 'text' ? [event.line] : [])).sort((a, b) => a.sample - b.sample);
export const stepsIn = (events: readonly GenerateEvent[]): StepEvent[] =>
  events.flatMap((event) => (event.event === 'step' ? [event] : []));

/** Returns the problems of a request, which `check` and `run` report alike. */
export async function problemsOf(engine: Engine, request: unknown): Promise<string[]> {
  const { problems, plan } = await engine.check(request);
  expect(plan, 'a plan only without problems').to.equal(undefined);
  const thrown: unknown = await engine.run(request).catch((error: unknown) => error);
  expect(thrown).to.be.instanceOf(InputError);
  expect((thrown as InputError).problems).to.deep.equal(problems);
  return problems.map(({ path, message }) => `${path}: ${message}`);
}
