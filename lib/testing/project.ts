import type { Tensor } from '@tensorflow/tfjs-core';
import { keyOf, normal } from '../base/random.js';
import { tf } from '../engine/index.js';
import type { ProjectGuide } from '../guide/contract.js';
import { claim, claimNear, latentsOf, stateAt, tensorsOf } from './claims.js';
import type { Subject } from './subject.js';

type Project<O> = (rows: readonly (O | null)[], z: Tensor) => Tensor;

async function projectOf<O>(subject: Subject<O>): Promise<Project<O>> {
  const guide = (await subject.make('project')).guide as ProjectGuide<O>;
  const { vocabulary, embeddingWidth } = subject.info;
  const table = tf.tensor(normal(keyOf(5), vocabulary.size * embeddingWidth), [vocabulary.size, embeddingWidth]);
  return (rows, z) => guide.project(z, stateAt(z, subject.info), tensorsOf(guide.encode(rows)), table);
}

/** Claims that values are written, that writing twice changes nothing more, and that null writes none. */
export async function projectsOnce<O>(subject: Subject<O>): Promise<void> {
  const project = await projectOf(subject);
  const z = latentsOf(subject.info, subject.examples.length);
  const once = project(subject.examples, z);
  claim(`${once.shape}` === `${z.shape}`, () => `expected predicted x_0 of shape [${z.shape}], got [${once.shape}]`);
  claim(largestDifference(once, z) > 0, () => 'expected values written into predicted x_0, got it back unchanged');
  claimNear(
    largestDifference(project(subject.examples, once), once),
    0,
    0,
    'the largest difference between projecting twice and once',
  );
  const one = latentsOf(subject.info, 1);
  claimNear(largestDifference(project([null], one), one), 0, 0, 'the largest change by null');
}

/** Claims that a row is projected alike elsewhere in the batch. */
export async function keepsProjectedRowsApart<O>(subject: Subject<O>): Promise<void> {
  const project = await projectOf(subject);
  const { examples, info } = subject;
  const rows = [...examples, null];
  const z = latentsOf(info, rows.length);
  const turned = tf.reverse(project([...rows].reverse(), tf.reverse(z, 0)), 0);
  claimNear(largestDifference(turned, project(rows, z)), 0, 0, 'the largest difference when the rows are in another order');
}

const largestDifference = (a: Tensor, b: Tensor): number => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;
