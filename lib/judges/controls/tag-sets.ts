/** https://universaldependencies.org/u/pos */
export const UNIVERSAL_TAGS: ReadonlySet<string> = new Set(
  'ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X'.split(' '),
);

/** Tags of the Penn Treebank (Marcus et al. 1993, table 2), with those that Stanford CoreNLP gives besides. */
export const PENN_TAGS: ReadonlySet<string> = new Set(
  (
    'CC CD DT EX FW IN JJ JJR JJS LS MD NN NNS NNP NNPS PDT POS PRP PRP$ RB RBR RBS RP SYM TO UH VB VBD VBG VBN VBP VBZ WDT WP WP$ ' +
    "WRB # $ . , : `` '' -LRB- -RRB- HYPH AFX ADD NFP GW XX"
  ).split(' '),
);
