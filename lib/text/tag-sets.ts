/** Universal tags (Petrov et al. 2012; universaldependencies.org/u/pos), in the order of the columns of tables of counts. */
export const UNIVERSAL_TAGS: readonly string[] =
  'ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X'.split(' ');

/**
 * Penn Treebank tags (Marcus et al. 1993, table 2) with those that later treebanks and Stanford CoreNLP add, in the order of the columns
 * of tables of counts.
 */
export const PENN_TAGS: readonly string[] = (
  'CC CD DT EX FW IN JJ JJR JJS LS MD NN NNS NNP NNPS PDT POS PRP PRP$ RB RBR RBS RP SYM TO UH VB VBD VBG VBN VBP VBZ WDT WP WP$ ' +
  "WRB # $ . , : `` '' -LRB- -RRB- HYPH AFX ADD NFP GW XX"
).split(' ');
