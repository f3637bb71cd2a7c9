/** Figures about sets of texts. Takes words and scores; gives numbers with intervals; knows nothing of runs and guides. */
export { bootstrap, type Interval, pairedBootstrap, type PairedComparison } from './bootstrap.js';
export { ClusterSums, type Statistic } from './cluster-sums.js';
