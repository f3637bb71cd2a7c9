/** The page of one run. Takes metrics, scored texts and traces; gives one HTML file; knows nothing of the disk. */
export { renderPage, type RunPage } from './page.js';
