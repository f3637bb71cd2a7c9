/** Reasons why a short file with only one importer is separate. */
export const FRAGMENTS: Readonly<Record<string, string>> = {};
