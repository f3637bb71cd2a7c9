/** Several runs side by side. Takes metrics of runs; gives tables and plots; knows nothing of single texts. */
export { type ComparedRun, compareRuns, type Comparison } from './comparison.js';
export { paretoFront, type Tradeoff } from './front.js';
export { type Panel, type PanelPoint, panelsOf, writeTradeoffs } from './tradeoff-chart.js';
