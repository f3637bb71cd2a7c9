import { cpus, release, totalmem } from 'node:os';
import type { Row } from './measure.js';

/** The table of a comparison, in Markdown: medians, and how many times faster the first contender is. */
export function report(titles: readonly string[], rows: readonly Row[], notes: readonly string[]): string {
  const heads = titles.slice(1);
  const header = `| job | ${titles[0]}, ms | ${heads.map((title) => `${title}, ms | times | difference`).join(' | ')} |`;
  const rule = `| --- | --- | ${heads.map(() => '--- | --- | ---').join(' | ')} |`;
  const lines = rows.map(({ job, medians, differences }) => {
    const others = heads.map((_, i) => {
      const median = medians[i + 1]!;
      return `${median.toFixed(1)} | ${(median / medians[0]!).toFixed(2)} | ${differences[i + 1]!.toExponential(0)}`;
    });
    return `| ${job} | ${medians[0]!.toFixed(1)} | ${others.join(' | ')} |`;
  });
  return [header, rule, ...lines, '', ...notes.map((note) => `- ${note}`), ''].join('\n');
}

export function machine(): string {
  const list = cpus();
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  return `${list.length} x ${list[0]?.model.trim() ?? 'unknown CPU'}, ${memory} GiB, ${process.platform} ${release()}, Node ${process.version}`;
}
