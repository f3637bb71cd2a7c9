/**
 * A way to split text into words: `words` splits off punctuation as the Penn Treebank does; `spaces` keeps the words of a corpus that is
 * already split (one space between words) and joins them with spaces; `characters` makes each character a word, spaces too.
 */
export type Split = 'words' | 'spaces' | 'characters';

/** Spells out both cases of each letter: in `tokenizer.json` a pattern has no flags. */
const anyCase = (words: string): string => words.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);

const WORD = String.raw`[\p{L}\p{N}\p{M}]`;
const WORD_END = `(?!${WORD})`;
const CLITIC = `['’](?:${anyCase('s|re|ve|ll|d|m')})${WORD_END}`;
const NOT = `${anyCase('n')}['’]${anyCase('t')}${WORD_END}`;
/** Prefixes that stay on their word, as in `mid-priced`; any other hyphen is a token. */
const PREFIX = `(?:${anyCase(
  'anti|bi|co|counter|cyber|de|eco|ex|extra|inter|intra|macro|mega|micro|mid|mini|multi|neo|non|pan|para|post|pre|pro|pseudo|quasi|re|semi|sub|super|tri|ultra|un|uni|vice',
)})-`;
const CANNOT = [anyCase('can'), anyCase('not')] as const;
const EMOJI_JOINER = '\u200d';

/**
 * Matches one token inside a run without spaces; the first alternative that matches wins. A token must also match as a whole when it is
 * alone, so an alternative looks ahead only to end earlier, never to take more. The pattern uses only syntax that JavaScript and Oniguruma
 * (of Hugging Face tokenizers) share.
 */
export const TOKEN_PATTERN = [
  String.raw`\.{3,}`,
  CLITIC,
  NOT,
  `${CANNOT[0]}(?=${CANNOT[1]}(?:${NOT}|${WORD_END}))`,
  `${WORD}+(?=${NOT})`,
  String.raw`(?:${anyCase('mr|mrs|ms|dr|st|prof|jr|sr|vs|etc')})\.`,
  String.raw`(?:\p{L}\.){2,}`, // U.K.
  String.raw`(?:${PREFIX}(?=${WORD}))?${WORD}+(?:(?<=\p{N})[.,:/](?=\p{N})${WORD}+|(?!${CLITIC})['’]${WORD}+)*`,
  // One sign, or one emoji with its modifiers.
  String.raw`[\s\S]\p{M}*(?:${EMOJI_JOINER}\p{Extended_Pictographic}\p{M}*)*`,
].join('|');

const TOKEN = new RegExp(TOKEN_PATTERN, 'gu');

/**
 * Splits a text into words, punctuation included, as the Penn Treebank does but without its escapes (`(` stays `(`). The text is normalised
 * to Unicode NFC first. Each run without spaces is split on its own.
 */
export function splitWords(text: string): string[] {
  return splitSpaces(text.normalize('NFC')).flatMap((run) => run.match(TOKEN) ?? []);
}

/** Returns the words of a text that is already split. */
export function splitSpaces(text: string): string[] {
  return text.split(/\s+/u).filter((word) => word !== '');
}

/** Returns the characters of a text (Unicode code points, after NFC). */
export const splitCharacters = (text: string): string[] => [...text.normalize('NFC')];

const SPLITTERS: Readonly<Record<Split, (text: string) => string[]>> = {
  words: splitWords,
  spaces: splitSpaces,
  characters: splitCharacters,
};

/** Returns the function that splits rows of a corpus into words. */
export const splitter = (split: Split): ((text: string) => string[]) => SPLITTERS[split];
