import { nearest } from '../config/index.js';
import type { Registry } from './contract.js';

/** What to tell about a name that no guide has. */
export function unknownGuide(name: string, registry: Registry): string {
  const names = [...registry.keys()];
  const meant = nearest(name, names);
  const suggestion = meant === undefined ? '' : `, did you mean "${meant}"?`;
  return `no guide is named "${name}"${suggestion} (there are ${names.join(', ')}; a guide of your own needs --plugins DIR)`;
}
