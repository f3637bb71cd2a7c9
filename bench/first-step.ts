import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtInGuides } from '../guidance/index.js';
import { checkConfig } from '../lib/config/index.js';
import { generate } from '../lib/generate/generate.js';

// Prints the milliseconds from the start of this process to the end of its first reverse step.
const output = mkdtempSync(join(tmpdir(), 'diffusteer-'));
const config = checkConfig('generate', { model: process.argv[2], targets: [{}], sampler: { steps: 1 }, output });
await generate(config, builtInGuides, 'bench', {
  onProgress: () => {
    process.stdout.write(performance.now().toFixed(0));
    rmSync(output, { recursive: true });
    process.exit(0);
  },
});
