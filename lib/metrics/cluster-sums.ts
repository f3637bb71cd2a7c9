/** A statistic of sums over texts, such as `sum('nats') / sum('tokens')`. */
export type Statistic = (sum: (column: string) => number) => number;

/**
 * Sums of figures over the texts of each target. They are enough for means, shares and their intervals, and their memory grows with the
 * number of targets, not of texts.
 */
export class ClusterSums {
  readonly #rows = new Map<string, number>();
  readonly #columns = new Map<string, Float64Array>();

  get size(): number {
    return this.#rows.size;
  }

  /** The names of the targets, in the order in which they were added. */
  get clusters(): string[] {
    return [...this.#rows.keys()];
  }

  get columns(): string[] {
    return [...this.#columns.keys()];
  }

  /** Adds the figures of one text to its target. A figure that a text lacks counts as 0, so add counts along with sums. */
  add(cluster: string, figures: Readonly<Record<string, number>>): void {
    const row = this.#rowOf(cluster);
    for (const [name, value] of Object.entries(figures)) {
      const column = this.#withRoom(name, row);
      column[row] = column[row]! + value;
    }
  }

  /** Returns the sums of a column per target, in the order of `clusters`; 0 if nothing was added. */
  column(name: string): Float64Array {
    const size = this.#rows.size;
    return this.#withRoom(name, Math.max(0, size - 1)).subarray(0, size);
  }

  /** Returns a statistic over all texts. */
  total(statistic: Statistic): number {
    return statistic((name) => this.column(name).reduce((a, b) => a + b, 0));
  }

  /** Returns the sums of some targets alone, in the given order. */
  restrictedTo(clusters: readonly string[]): ClusterSums {
    const part = new ClusterSums();
    const from = clusters.map((cluster) => this.#rows.get(cluster));
    clusters.forEach((cluster) => part.#rowOf(cluster));
    for (const name of this.#columns.keys()) {
      const all = this.column(name);
      part.#columns.set(
        name,
        Float64Array.from(from, (row) => (row === undefined ? 0 : all[row]!)),
      );
    }
    return part;
  }

  #rowOf(cluster: string): number {
    const row = this.#rows.get(cluster) ?? this.#rows.size;
    this.#rows.set(cluster, row);
    return row;
  }

  #withRoom(name: string, row: number): Float64Array {
    const column = this.#columns.get(name) ?? new Float64Array(64);
    if (row < column.length && this.#columns.has(name)) return column;
    const wider = new Float64Array(Math.max(column.length, 2 * (row + 1)));
    wider.set(column);
    this.#columns.set(name, wider);
    return wider;
  }
}
