/** Universal tags (Petrov et al. 2012; universaldependencies.org/u/pos), in the order that tables of counts have. */
export const UNIVERSAL_TAGS: readonly string[] =
  'ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X'.split(' ');
