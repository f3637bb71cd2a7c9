import { execFileSync } from 'node:child_process';
import { expect } from 'chai';

/** Checks a config in a process of its own. @returns the files of tfjs and onnxruntime that were loaded for it */
function loadedBy(calls: string): string[] {
  const module = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const code = `
    import { createRequire } from 'node:module';
    import { builtInGuides } from ${module('../../guidance/index.js')};
    import { loadRunConfig } from ${module('../../lib/plan/load-run.js')};
    import { checkRun } from ${module('../../lib/plan/prepare.js')};
    import { tf } from ${module('../../lib/engine/tf.js')};
    const path = 'configs/quickstart.json';
    await checkRun(await loadRunConfig(path, builtInGuides), builtInGuides, path);
    ${calls}
    const files = Object.keys(createRequire(import.meta.url).cache);
    console.log(JSON.stringify(files.filter((file) => /tfjs|onnxruntime/.test(file))));`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' })) as string[];
}

describe('checking a run', () => {
  it('loads neither tfjs nor onnxruntime', () => {
    expect(loadedBy('')).to.deep.equal([]);
    expect(loadedBy('tf.scalar(1).dispose();'), 'would be seen to load them').to.have.length.above(1);
  });
});
