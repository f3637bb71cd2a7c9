/** The names that occur at least so often, the commonest first, of equals the first in the alphabet. */
export function commonNames(names: readonly string[], atLeast: number): string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const common = [...counts].filter(([, count]) => count >= atLeast).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return common.map(([name]) => name);
}
