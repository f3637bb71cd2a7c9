import { mkdir, writeFile } from 'node:fs/promises';
import { publishedSchemas } from '../lib/config/publish.js';

// Writes schemas/KIND.schema.json. A test fails while they differ from the code.
await mkdir('schemas', { recursive: true });
for (const [kind, text] of Object.entries(publishedSchemas())) await writeFile(`schemas/${kind}.schema.json`, text);
