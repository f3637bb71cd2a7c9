/** Why a short file that one file alone imports stands by itself. */
export const FRAGMENTS: Readonly<Record<string, string>> = {};
