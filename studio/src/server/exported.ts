const page = (globalThis as unknown as { document?: { getElementById(id: string): { dataset: object } | null } }).document;

/** What `diffusteer export-web` writes into a page: the module of its engine, its model and its guides. The studio's own page has none. */
export const exported = (page?.getElementById('studio')?.dataset ?? {}) as {
  readonly engine?: string;
  readonly model?: string;
  /** Separated by commas. */
  readonly guides?: string;
};
