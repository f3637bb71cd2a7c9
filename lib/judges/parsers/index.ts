/** Parsers and taggers that judges ask. Takes words; gives trees and tags; knows nothing of targets. */
export { chooseParser } from './choose-parser.js';
export { measureParser } from './parser-accuracy.js';
export { type Parser, rememberingParser, type StoppableParser } from './parser.js';
export { loadShippedParser } from './shipped-parser.js';
