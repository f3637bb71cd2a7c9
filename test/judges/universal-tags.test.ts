import { expect } from 'chai';
import { type Brackets, concatenate, readBrackets } from '../../lib/judges/parsers/brackets.js';
import { universalTags } from '../../lib/judges/parsers/universal-tags.js';
import { UNIVERSAL_TAGS } from '../../lib/text/tag-sets.js';

const bracketsOf = (tree: string): Brackets => readBrackets(tree) as Brackets;
const wordsOf = (tree: string): string[] => [...tree.matchAll(/[^\s()]+(?=\))/g)].map(([word]) => word);
const tagged = (tree: string): string => universalTags(wordsOf(tree), bracketsOf(tree)).join(' ');

/** All expected tags are those of `UniversalPOSMapper.mapTree` in the jar of CoreNLP 4.5.10. */
const CASES: Readonly<Record<string, readonly (readonly [tree: string, tags: string])[]>> = {
  'takes "to" for PART before a verb, else for ADP': [
    ['(S (NP (PRP She)) (VP (VBZ wants) (S (VP (TO to) (VP (VB sing))))))', 'PRON VERB PART VERB'],
    ['(S (NP (PRP She)) (VP (VBZ goes) (PP (TO to) (NP (NNP Lund)))))', 'PRON VERB ADP PROPN'],
    ['(VP (TO to))', 'PART'],
    ['(CONJP (TO to) (VB say) (NN tea))', 'PART VERB NOUN'],
  ],
  'maps a preposition to SCONJ if it introduces a clause': [
    ['(VP (VBP sing) (SBAR (IN because) (S (NP (PRP it)) (VP (VBZ rains)))))', 'VERB SCONJ PRON VERB'],
    ['(S (PP (IN After) (S (VP (VBG closing)))) (NP (PRP we)) (VP (VBP walk)))', 'SCONJ VERB PRON VERB'],
    ['(VP (VBP walk) (PP (IN along) (NP (DT the) (NN shore))))', 'VERB ADP DET NOUN'],
  ],
  'maps "this" to PRON if it stands alone': [
    ['(S (NP (DT This)) (VP (VBZ is) (NP (DT that) (NN inn))))', 'PRON AUX DET NOUN'],
    ['(S (NP (DT Some)) (VP (VBP sing)))', 'DET VERB'],
  ],
  'maps "that" to PRON, SCONJ or DET': [
    ['(NP (NP (DT an) (NN inn)) (SBAR (WHNP (WDT that)) (S (VP (VBZ has) (NP (NNS rooms))))))', 'DET NOUN PRON VERB NOUN'],
    ['(NP (NP (DT the) (NN idea)) (SBAR (WDT that) (S (NP (PRP we)) (VP (VBD slept)))))', 'DET NOUN SCONJ PRON VERB'],
    ['(SBARQ (WHNP (WDT which) (NN inn)) (SQ (VBZ has) (NP (NNS rooms))))', 'DET NOUN VERB NOUN'],
  ],
  'maps "not" to PART next to a verb and in "not only"': [
    ['(S (NP (PRP It)) (VP (VBZ does) (RB not) (VP (VB open) (ADVP (RB early)))))', 'PRON AUX PART VERB ADV'],
    ['(NP (CONJP (RB not) (RB only)) (NP (NN tea)) (CONJP (CC but) (RB also)) (NP (NN milk)))', 'PART ADV NOUN CCONJ ADV NOUN'],
    ['(NP (RB not) (NN tea))', 'ADV NOUN'],
  ],
  'distinguishes nouns by the word': [
    ['(S (NP (NN Everybody)) (VP (VBD ate) (NP (CD 5) (NN %))))', 'PRON VERB NUM SYM'],
    ['(FRAG (NFP ---) (NN tea) (NFP -*))', 'PUNCT NOUN SYM'],
  ],
  'maps an auxiliary verb to AUX': [
    ['(S (NP (NNP Ada)) (VP (MD can) (VP (VB have) (VP (VBN been) (VP (VBG sleeping))))))', 'PROPN AUX AUX AUX VERB'],
    ['(S (NP (PRP It)) (VP (VBZ has) (NP (DT a) (NN garden))))', 'PRON VERB DET NOUN'],
    ['(S (NP (NNP Ada)) (VP (VBD kept) (VP (VBG singing))))', 'PROPN VERB VERB'],
    ['(S (NP (NN tea)) (VP (VBZ helps) (CC and) (VP (VBZ warms))))', 'NOUN VERB CCONJ VERB'],
    ['(SQ (VBZ Does) (NP (PRP it)) (VP (VB rain)))', 'AUX PRON VERB'],
    ['(SQ (VBZ Has) (NP (PRP it)) (NP (NNS rooms)))', 'VERB PRON NOUN'],
  ],
  'maps "be" and "get" to AUX before a participle': [
    ['(S (NP (NN Soup)) (VP (VBZ gets) (ADJP (VBN burnt))))', 'NOUN AUX VERB'],
    ['(S (NP (NN Soup)) (VP (VBZ gets) (ADJP (ADJP (VBN burnt)) (CC and) (ADJP (JJ cold)))))', 'NOUN AUX VERB CCONJ ADJ'],
    ['(S (NP (NN Soup)) (VP (VBZ gets) (ADJP (JJ cold))))', 'NOUN VERB ADJ'],
    ['(S (NP (DT The) (NN pier)) (VP (VBZ seems) (ADJP (VBN painted))))', 'DET NOUN VERB VERB'],
  ],
  'maps a copula to AUX': [
    ['(S (NP (NN Soup)) (VP (VBZ is) (ADJP (JJ cold))))', 'NOUN AUX ADJ'],
    ['(S (NP (NN Pier)) (VP (VBZ is) (PP (IN in) (NP (NNP Lund)))))', 'NOUN AUX ADP PROPN'],
    ['(S (NP (NN Pier)) (VP (VBZ is) (ADVP (RB there))))', 'NOUN VERB ADV'],
    ['(S (NP (NN Pier)) (VP (VBZ seems) (ADJP (JJ old))))', 'NOUN VERB ADJ'],
    ['(S (NP (NN Tea)) (VP (VBZ is) (S (ADJP (JJ hot)))))', 'NOUN AUX ADJ'],
    ['(S (NP (NN Tea)) (VP (VBZ is) (ADVP (RB there)) (PP (VBN given) (NP (NN milk)))))', 'NOUN AUX ADV VERB NOUN'],
    ['(S (NP (NN Tea)) (VP (VBZ is) (ADVP (RB there)) (PP (VBN given))))', 'NOUN VERB ADV VERB'],
    ['(SQ (VBZ Is) (NP (NNP Ada)) (NP (DT a) (NN baker)))', 'AUX PROPN DET NOUN'],
    ['(SQ (VBZ Is) (NP (NN tea)) (S (ADJP (JJ hot))))', 'AUX NOUN ADJ'],
    ['(SQ (VBZ Is) (NP (NN tea)) (ADJP (JJ hot)))', 'AUX NOUN ADJ'],
    ['(SBARQ (WHNP (WP Who)) (VBZ is) (NP (DT the) (NN baker)))', 'PRON AUX DET NOUN'],
    ['(SBARQ (WHNP (WP Who)) (SQ (VBZ is) (NP (DT the) (NN baker))))', 'PRON VERB DET NOUN'],
  ],
  'maps "be" to AUX after its verb': [
    ['(SINV (VP (VBN Painted)) (VP (VBZ is)) (NP (DT a) (NN heron)))', 'VERB AUX DET NOUN'],
    ['(SINV (VP (VBN Painted)) (VP (MD may) (VP (VB be))) (NP (DT a) (NN heron)))', 'VERB AUX AUX DET NOUN'],
    ['(SINV (VP (VBG Sleeping)) (VP (VBZ is)) (NP (DT a) (NN heron)))', 'VERB AUX DET NOUN'],
    ['(SINV (VP (VBG Sleeping)) (VP (MD may) (VP (VB be))) (NP (DT a) (NN heron)))', 'VERB AUX VERB DET NOUN'],
  ],
  'has one Universal tag for every other Penn tag': [
    ['(NP (NNP Ada) (POS x) (PRP$ x) (FW x) (PDT x) (EX x) (WP$ x) (WRB x))', 'PROPN PART PRON X DET PRON PRON ADV'],
    ['(NP (RBR x) (RBS x) (HYPH -) ($ $) (ADD x) (SYM +) (LS 2) (RP x) (UH x))', 'ADV ADV PUNCT SYM X SYM NUM ADP INTJ'],
    ['(NP (-LRB- x) (, ,) (. .) (: ;) (`` x) (JJR x) (JJS x) (NNPS x))', 'PUNCT PUNCT PUNCT PUNCT PUNCT ADJ ADJ PROPN'],
  ],
};

describe('Universal tags of a parse', () => {
  for (const [claim, cases] of Object.entries(CASES))
    it(claim, () => {
      for (const [tree, tags] of cases) expect(tagged(tree), tree).to.equal(tags);
    });

  it('reads the given words, in consecutive sentences', () => {
    const sentences = ['(S (NP (DT This)) (VP (VBZ is) (NP (NN tea))))', '(S (NP (DT That)) (VP (VBZ x) (ADJP (JJ hot))))'];
    const tags = universalTags(['This', 'is', 'tea', 'That', 'IS', 'hot'], concatenate(sentences.map(bracketsOf)));
    expect(tags).to.deep.equal(['PRON', 'AUX', 'NOUN', 'PRON', 'AUX', 'ADJ']);
  });

  it('also tags words outside all nodes, and maps an unknown tag to X', () => {
    expect(universalTags(['tea', 'is', 'xyz'], { tags: ['NN', 'VBZ', 'QQ'], nodes: [] })).to.deep.equal(['NOUN', 'VERB', 'X']);
    expect(universalTags([], { tags: [], nodes: [] })).to.deep.equal([]);
  });

  it('gives only Universal tags', () => {
    const all = Object.values(CASES).flatMap((cases) => cases.flatMap(([tree]) => tagged(tree).split(' ')));
    expect([...new Set(all)].filter((tag) => !UNIVERSAL_TAGS.includes(tag))).to.deep.equal([]);
  });
});
