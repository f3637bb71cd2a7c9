/** A figure made of sums over texts, such as `sum('nats') / sum('tokens')`. */
export type Statistic = (sum: (column: string) => number) => number;

/**
 * Sums of figures over the texts of each target: all that means, shares and their intervals need, in memory that grows with the targets
 * and not with the texts.
 */
export class ClusterSums {
  readonly #places = new Map<string, number>();
  readonly #columns = new Map<string, Float64Array>();

  get size(): number {
    return this.#places.size;
  }

  /** The names of the targets, in the order they came in. */
  get clusters(): string[] {
    return [...this.#places.keys()];
  }

  get columns(): string[] {
    return [...this.#columns.keys()];
  }

  /** Adds the figures of one text to those of its target. A figure that a text lacks counts as 0, so give counts beside sums. */
  add(cluster: string, figures: Readonly<Record<string, number>>): void {
    const place = this.#placeOf(cluster);
    for (const [name, value] of Object.entries(figures)) {
      const column = this.#withRoom(name, place);
      column[place] = column[place]! + value;
    }
  }

  /** Of a column the sum over each target, in the order of `clusters`; zeros where nothing was added. */
  column(name: string): Float64Array {
    const size = this.#places.size;
    return this.#withRoom(name, Math.max(0, size - 1)).subarray(0, size);
  }

  /** Of a statistic over all texts. */
  total(statistic: Statistic): number {
    return statistic((name) => this.column(name).reduce((a, b) => a + b, 0));
  }

  /** The sums of some targets alone, in the order given. */
  restrictedTo(clusters: readonly string[]): ClusterSums {
    const part = new ClusterSums();
    const from = clusters.map((cluster) => this.#places.get(cluster));
    clusters.forEach((cluster) => part.#placeOf(cluster));
    for (const name of this.#columns.keys()) {
      const all = this.column(name);
      part.#columns.set(
        name,
        Float64Array.from(from, (place) => (place === undefined ? 0 : all[place]!)),
      );
    }
    return part;
  }

  #placeOf(cluster: string): number {
    const place = this.#places.get(cluster) ?? this.#places.size;
    this.#places.set(cluster, place);
    return place;
  }

  #withRoom(name: string, place: number): Float64Array {
    const column = this.#columns.get(name) ?? new Float64Array(64);
    if (place < column.length && this.#columns.has(name)) return column;
    const wider = new Float64Array(Math.max(column.length, 2 * (place + 1)));
    wider.set(column);
    this.#columns.set(name, wider);
    return wider;
  }
}
