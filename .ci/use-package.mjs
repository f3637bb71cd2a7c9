import { checkConfig, generate } from 'diffusteer';
import { builtInGuides } from 'diffusteer/guidance';

const guidance = [{ guide: 'length', length: 9 }];
const raw = { model: 'models/e2e', output: 'run', sampler: { steps: 5 }, batchSize: 2, guidance, targets: [1, 2] };
const { made } = await generate(checkConfig('generate', raw), builtInGuides, 'use.mjs', {
  onSamples(lines) {
    for (const { tokens } of lines) if (tokens.length !== 9) throw new Error(`expected 9 words, got ${tokens.length}`);
  },
});
console.log(`${made} texts of 9 words by the library`);
