import { createHash } from 'node:crypto';

/** Returns the SHA-256 of the JSON of a value, in hexadecimal digits. */
export const jsonHash = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');
