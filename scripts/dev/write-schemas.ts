import { mkdir, writeFile } from 'node:fs/promises';
import { publishedSchemas, schemaText } from '../../lib/config/publish.js';
import { metricsSchema } from '../../lib/evaluate/metrics.js';

// Writes schemas/KIND.schema.json. A test fails if they differ from the code.
await mkdir('schemas', { recursive: true });
const texts = { ...publishedSchemas(), metrics: schemaText(metricsSchema) };
for (const [kind, text] of Object.entries(texts)) await writeFile(`schemas/${kind}.schema.json`, text);
