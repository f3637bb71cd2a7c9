/** Stand-ins for modules of Node in the bundle for browsers. Takes paths of the export; gives its files; knows nothing of what is in them. */
export * from './files.js';
export * from './paths.js';
export * from './rest.js';
