import { cpus, release, totalmem } from 'node:os';
import type { Row } from './measure.js';

/**
 * The table of a comparison, in Markdown: medians, and how many times as fast the first two contenders are, which are this engine in
 * its two precisions.
 */
export function report(titles: readonly string[], rows: readonly Row[], notes: readonly string[]): string {
  const [float32, int8, ...peers] = titles;
  const header = `| job | ${float32}, ms | ${int8}, ms | difference | ${peers.map((title) => `${title}, ms | times | difference`).join(' | ')} |`;
  const rule = `| --- | --- | --- | --- | ${peers.map(() => '--- | --- | ---').join(' | ')} |`;
  const lines = rows.map(({ job, medians: [ours, rounded, ...others], differences: [, ofRounded, ...ofOthers] }) => {
    const cells = others.map((ms, i) => {
      const times = [ours!, rounded!].map((own) => (ms / own).toFixed(2));
      return `${ms.toFixed(1)} | ${times.join(', ')} | ${ofOthers[i]!.toExponential(0)}`;
    });
    return `| ${job} | ${ours!.toFixed(1)} | ${rounded!.toFixed(1)} | ${ofRounded!.toExponential(0)} | ${cells.join(' | ')} |`;
  });
  return [header, rule, ...lines, '', ...notes.map((note) => `- ${note}`), ''].join('\n');
}

export function machine(): string {
  const list = cpus();
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  return `${list.length} x ${list[0]?.model.trim() ?? 'unknown CPU'}, ${memory} GiB, ${process.platform} ${release()}, Node ${process.version}`;
}
