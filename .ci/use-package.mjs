import { checkConfig, generate } from 'diffusteer';
import { builtInGuides } from 'diffusteer/guidance';
import { readFileSync } from 'node:fs';

// Every entry point of the package can be imported.
const { exports } = JSON.parse(readFileSync('node_modules/diffusteer/package.json', 'utf8'));
const names = Object.keys(exports).filter((path) => path !== './package.json');
for (const path of names) {
  const members = Object.keys(await import(`diffusteer${path.slice(1)}`));
  if (members.length === 0) throw new Error(`diffusteer${path.slice(1)} exports nothing`);
}
console.log(`imported ${names.length} entry points`);

const guidance = [{ guide: 'length', length: 9 }];
const raw = { model: 'models/e2e', output: 'run', sampler: { steps: 5 }, batchSize: 2, guidance, targets: [1, 2] };
const { made } = await generate(checkConfig('generate', raw), builtInGuides, 'use-package.mjs', {
  onSamples(lines) {
    for (const { tokens } of lines) if (tokens.length !== 9) throw new Error(`expected 9 words, got ${tokens.length}`);
  },
});
console.log(`the library generated ${made} texts of 9 words`);
