import type { HostTensors } from '../engine/types.js';
import type { RunGuides } from '../plan/make-guides.js';

/** What the latent guides are fed with. @param targets of each row of the batch; undefined fills it up */
export function guideInputs({ latent }: RunGuides, targets: readonly (number | undefined)[]): HostTensors[] {
  return latent.map(({ guide, options, weight }) => ({
    ...guide.encode(targets.map((target) => (target === undefined ? null : options[target]))),
    weight: { dtype: 'float32', shape: [targets.length], data: new Float32Array(targets.length).fill(weight) },
  }));
}
