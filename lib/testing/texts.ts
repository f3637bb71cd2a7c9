import { isDeepStrictEqual } from 'node:util';
import { throwProblems } from '../base/errors.js';
import { checkConfig, leavesOf } from '../config/index.js';
import { openDevice } from '../engine/index.js';
import type { Via } from '../guide/contract.js';
import { reverseStepsOf } from '../plan/run-steps.js';
import { type SampleLine } from '../run/sample-line.js';
import { createShardContext, makeShard } from '../shard/index.js';
import { claim } from './claims.js';
import type { Subject } from './subject.js';

/** Claims that two short runs with the same seed give the same texts and numbers, and that hard factors hold of every text. */
export async function repeatsTexts<O>(subject: Subject<O>, via: Via): Promise<void> {
  const [once, again] = [await textsOf(subject, via), await textsOf(subject, via)];
  once.forEach((line, i) =>
    claim(
      isDeepStrictEqual(line, again[i]),
      () => `expected the same seed to give the same text, got ${JSON.stringify([line, again[i]])}`,
    ),
  );
  const results = once.map(({ guides }) => guides[subject.factory.name]!);
  const wrong = results.find(({ holds }) => via === 'posterior' && holds === false);
  claim(wrong === undefined, () => 'expected hard factors to hold of every text, they do not');
}

async function textsOf<O>(subject: Subject<O>, via: Via): Promise<SampleLine[]> {
  const { examples, checkpoint, factory } = subject;
  const config = checkConfig('generate', {
    ...{ model: checkpoint.folder, output: 'nowhere', batchSize: 3, samplesPerTarget: 2 }, // the last shard is padded
    sampler: { steps: 4 },
    particles: { count: 2, every: 2 },
  });
  const guides = await subject.guides(via);
  const clauses = [...guides.posterior, ...guides.latent, ...guides.particles];
  const plan = {
    targets: examples.map((_, i) => ({ where: `example ${i}`, fields: {} })),
    guides: clauses.flatMap(({ tree }) => leavesOf(tree)),
    clauses,
    items: examples.flatMap((_, target) => [0, 1].map((sample) => ({ target, sample }))),
  };
  const device = await openDevice('onnx-cpu', { threads: 1 });
  try {
    const { steps, problems } = reverseStepsOf(config, checkpoint.config);
    throwProblems(checkpoint.folder, problems);
    const context = createShardContext(device, {
      config: { ...config, decode: { name: 'argmax' } },
      checkpoint,
      plan,
      steps,
      guides,
    });
    const lines: SampleLine[] = [];
    for (let shard = 0; shard < context.layout.shards; shard++) lines.push(...(await makeShard(context, shard)).lines);
    claim(
      lines.length === plan.items.length,
      () => `expected ${plan.items.length} texts of ${factory.name}, got ${lines.length}`,
    );
    return lines;
  } finally {
    await device.dispose();
  }
}
