import type { PartOfSpeech, WinkMethods } from 'wink-nlp';
import { spaceless } from './parser.js';

/** Returns the Universal tag of each word of a text. */
export type WordTagger = (words: readonly string[]) => PartOfSpeech[];

let tagger: Promise<WordTagger> | undefined;

/** Returns wink-nlp's tagger with its English model, loaded at the first call, once per process (0.1 s). */
export function winkTagger(): Promise<WordTagger> {
  tagger ??= load();
  return tagger;
}

async function load(): Promise<WordTagger> {
  const [{ default: winkNLP }, { default: model }] = await Promise.all([import('wink-nlp'), import('wink-eng-lite-web-model')]);
  const wink = winkNLP(model, ['sbd', 'pos']);
  return (words) => tagsOfPieces(wink, words.map(spaceless).join(' ')).map(tagOfWord);
}

/** Tags the pieces of each word. Wink has no mode for text that is already split: a piece without a space before it continues the word. */
function tagsOfPieces(wink: WinkMethods, text: string): PartOfSpeech[][] {
  const tokens = wink.readDoc(text).tokens();
  const tags = tokens.out(wink.its.pos) as PartOfSpeech[];
  const spaces = tokens.out(wink.its.precedingSpaces);
  const words: PartOfSpeech[][] = [];
  tags.forEach((tag, i) => {
    if (i === 0 || spaces[i] !== '') words.push([tag]);
    else words.at(-1)!.push(tag);
  });
  return words;
}

/**
 * Returns the tag of a word that wink splits: that of its last piece that is no punctuation, symbol or particle. This is the head, because
 * English compounds have it on the right ("family-friendly" is ADJ, "£20" is NUM) and clitics are particles ("don't" is AUX). A word
 * without such a piece takes the tag of its first piece.
 */
function tagOfWord(pieces: readonly PartOfSpeech[]): PartOfSpeech {
  return pieces.findLast((tag) => !['PUNCT', 'SYM', 'PART'].includes(tag)) ?? pieces[0] ?? 'X';
}
