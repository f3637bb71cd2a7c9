/**
 * How a text becomes words: `words` splits off punctuation as the Penn Treebank does, `spaces` takes a corpus that is
 * already split (one space between words) as it is, and writes it back the same way.
 */
export type Split = 'words' | 'spaces';

const WORD = String.raw`[\p{L}\p{N}\p{M}]`;
const CLITIC = String.raw`['’](?:s|re|ve|ll|d|m)(?!${WORD})`;
/** Prefixes that stay on their word, as in `mid-priced`; any other hyphen is a token. */
const PREFIX =
  '(?:anti|bi|co|counter|cyber|de|eco|ex|extra|inter|intra|macro|mega|micro|mid|mini|multi|neo|non|pan|para|post|pre|pro|pseudo|quasi|re|semi|sub|super|tri|ultra|un|uni|vice)-';

/**
 * One token at a place inside a run without spaces; the first alternative that matches wins. A token must match as a
 * whole when it stands alone, so an alternative looks ahead only to end earlier, never to take more.
 */
const TOKEN = new RegExp(
  [
    String.raw`\.{3,}`,
    CLITIC,
    String.raw`n['’]t(?!${WORD})`,
    String.raw`${WORD}+?(?=n['’]t(?!${WORD}))`,
    String.raw`(?:Mr|Mrs|Ms|Dr|St|Prof|Jr|Sr|vs|etc)\.`,
    String.raw`(?:\p{L}\.){2,}`, // U.K.
    String.raw`(?:${PREFIX}(?=${WORD}))?${WORD}+(?:(?<=\p{N})[.,:/](?=\p{N})${WORD}+|(?!${CLITIC})['’]${WORD}+)*`,
    String.raw`[^]\p{M}*(?:\u200d\p{Extended_Pictographic}\p{M}*)*`, // one sign, or one emoji with its modifiers
  ].join('|'),
  'giu',
);

/**
 * The words of a text, punctuation included, split as the Penn Treebank does and without its escapes (`(` stays `(`). The
 * text is brought to Unicode NFC first. Each run without spaces is split on its own.
 */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  for (const run of splitSpaces(text.normalize('NFC'))) {
    for (const [token] of run.matchAll(TOKEN)) {
      if (/^cannot$/i.test(token)) words.push(token.slice(0, 3), token.slice(3));
      else words.push(token);
    }
  }
  return words;
}

/** The words of a text that is already split. */
export function splitSpaces(text: string): string[] {
  return text.split(/\s+/u).filter((word) => word !== '');
}

/** The function that splits rows of a corpus into words. */
export function splitter(split: Split): (text: string) => string[] {
  return split === 'words' ? splitWords : splitSpaces;
}
