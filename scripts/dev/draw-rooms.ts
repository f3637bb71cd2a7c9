import { writeFile } from 'node:fs/promises';
import { drawRooms } from './drawing/rooms-svg.js';

// Writes docs/architecture.svg: the rooms and their imports. A test fails if it differs from the source files.
await writeFile('docs/architecture.svg', drawRooms());
