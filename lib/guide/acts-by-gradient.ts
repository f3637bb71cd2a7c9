import type { Via } from './contract.js';

/** Returns whether a guide acts at this place by the gradient of its log-probability. */
export const actsByGradient = (via: Via): boolean => via === 'gradient' || via === 'x0-gradient';
