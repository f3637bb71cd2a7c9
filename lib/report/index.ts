/** Figures as documents. Takes metrics, scores and traces; gives Markdown, HTML and terminal text; knows nothing of judges and models. */
export { writeAugmentReport } from './augment-page.js';
export * from './compare/index.js';
export * from './page/index.js';
export { renderMarkdown, renderReport } from './render-report.js';
export { writeReport } from './write-report.js';
