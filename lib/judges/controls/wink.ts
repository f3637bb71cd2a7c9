import type { PartOfSpeech, WinkMethods } from 'wink-nlp';

export type WordTagger = (words: readonly string[]) => PartOfSpeech[];

let tagger: Promise<WordTagger> | undefined;

/** Universal tags by wink-nlp and its English model. It is loaded at the first call, once a process (a tenth of a second). */
export function winkTagger(): Promise<WordTagger> {
  tagger ??= load();
  return tagger;
}

async function load(): Promise<WordTagger> {
  const [{ default: winkNLP }, { default: model }] = await Promise.all([import('wink-nlp'), import('wink-eng-lite-web-model')]);
  const wink = winkNLP(model, ['sbd', 'pos']);
  return (words) => tagsOfPieces(wink, words.map(spaceless).join(' ')).map(tagOfWord);
}

/** A stand-in keeps the place of a word that is all spaces. */
const spaceless = (word: string): string => word.replace(/[\s\p{Z}\p{C}]+/gu, '') || '_';

/** Wink has no mode for text that is already split, and splits "family-friendly" in three: a piece that follows no space continues the word. */
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
 * The tag of a word that wink splits is that of its last piece that is no punctuation, symbol or particle, for that is the head: English
 * compounds have it on the right ("family-friendly" is ADJ, "£20" is NUM), and what clings to a word is a particle ("don't" is AUX).
 * A word of nothing but such pieces takes the first one's tag.
 */
function tagOfWord(pieces: readonly PartOfSpeech[]): PartOfSpeech {
  return pieces.findLast((tag) => !['PUNCT', 'SYM', 'PART'].includes(tag)) ?? pieces[0] ?? 'X';
}
