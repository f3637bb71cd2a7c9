import { expect } from 'chai';
import fc from 'fast-check';
import { readBrackets } from '../../lib/judges/parsers/brackets.js';
import { sentenceEnds } from '../../lib/judges/parsers/chart-parser.js';
import { bestTree, type Chart, type ChartSpan, nodesOf } from '../../lib/judges/parsers/chart.js';
import { constituentsOf, type PennTree, readBracketing, writeBracketing } from '../../lib/text/penn-tree.js';

const LABELS = 2;

/** A chart with padded rows, as in a batch; the padding must never be read. */
function chartOf(words: number, score: (start: number, end: number, label: number) => number, labels = LABELS): Chart {
  const fences = words + 3;
  const scores = new Float32Array(fences * fences * labels).fill(1e9);
  for (let start = 0; start < words; start++)
    for (let end = start + 1; end <= words; end++)
      for (let label = 0; label < labels; label++) scores[(start * fences + end) * labels + label] = score(start, end, label);
  return { scores, fences, labels, words };
}

const scoreOf = ({ scores, fences, labels }: Chart, { start, end, label }: ChartSpan): number =>
  scores[(start * fences + end) * labels + label]!;

/** Returns the score of the best binary tree, by enumeration. */
function bruteForce(chart: Chart): number {
  const own = (start: number, end: number): number => {
    const scores = Array.from({ length: chart.labels }, (_, label) => scoreOf(chart, { start, end, label }));
    return Math.max(...scores, end - start === chart.words ? -Infinity : 0);
  };
  const all = (start: number, end: number): number[] => {
    if (end - start === 1) return [own(start, end)];
    const found: number[] = [];
    for (let at = start + 1; at < end; at++)
      for (const left of all(start, at)) for (const right of all(at, end)) found.push(own(start, end) + left + right);
    return found;
  };
  return Math.max(...all(0, chart.words));
}

const charts = fc
  .integer({ min: 1, max: 6 })
  .chain((words) =>
    fc
      .array(fc.integer({ min: -20, max: 20 }), { minLength: 7 * 7 * LABELS, maxLength: 7 * 7 * LABELS })
      .map((numbers) => chartOf(words, (start, end, label) => numbers[(start * 7 + end) * LABELS + label]! / 4)),
  );

describe('the best tree of a chart', () => {
  it('has the score of the best binary tree, found by enumeration', () => {
    fc.assert(
      fc.property(charts, (chart) => {
        const total = bestTree(chart).reduce((sum, span) => sum + scoreOf(chart, span), 0);
        expect(total).to.be.closeTo(bruteForce(chart), 1e-9);
      }),
    );
  });

  it('has no crossing spans, no span twice, and the whole sentence first', () => {
    fc.assert(
      fc.property(charts, (chart) => {
        const spans = bestTree(chart);
        expect(spans[0]).to.include({ start: 0, end: chart.words });
        for (const [i, a] of spans.entries())
          for (const b of spans.slice(i + 1)) {
            const apart = b.start >= a.end;
            const inside = b.start >= a.start && b.end <= a.end && (b.start > a.start || b.end < a.end);
            expect(apart || inside).to.equal(true);
          }
      }),
    );
  });

  it('labels the whole sentence even if no label scores higher', () => {
    expect(bestTree(chartOf(3, () => -1))).to.deep.equal([{ label: 0, start: 0, end: 3 }]);
  });

  it('is empty for no words', () => {
    expect(bestTree(chartOf(0, () => 1))).to.deep.equal([]);
  });

  it('may have more than two children', () => {
    const chart = chartOf(4, (start, end) => (end - start === 1 || end - start === 4 ? 1 : -1));
    expect(bestTree(chart).map(({ start, end }) => [start, end])).to.deep.equal([
      [0, 4],
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
    ]);
  });
});

const tag = fc.constantFrom('NN', 'VBZ', 'DT').map((label): PennTree => ({ label, word: 'x', children: [] }));
const { tree } = fc.letrec<{ tree: PennTree }>((tie) => ({
  tree: fc
    .tuple(
      fc.constantFrom('S', 'NP', 'VP', 'PP'),
      fc.array(fc.oneof({ maxDepth: 4 }, tag, tie('tree')), { minLength: 1, maxLength: 4 }),
    )
    .map(([label, children]): PennTree => ({ label, children })),
}));

/** A chart that scores the constituents of a tree 1 and everything else -1. */
function goldChart(gold: PennTree): { chart: Chart; labels: string[] } {
  const constituents = constituentsOf([gold]);
  const labels = [...new Set(constituents.map(({ label }) => label))];
  const at = new Set(constituents.map(({ start, end, label }) => `${start} ${end + 1} ${labels.indexOf(label)}`));
  const words = Math.max(...constituents.map(({ end }) => end)) + 1;
  return { chart: chartOf(words, (start, end, label) => (at.has(`${start} ${end} ${label}`) ? 1 : -1), labels.length), labels };
}

describe('trees in a chart', () => {
  it('are recovered: unary nodes, chains of them, and nodes with many children', () => {
    fc.assert(
      fc.property(tree, (gold) => {
        const { chart, labels } = goldChart(gold);
        const expected = readBrackets(writeBracketing([gold]));
        expect(nodesOf(bestTree(chart), labels)).to.deep.equal(typeof expected === 'string' ? undefined : expected.nodes);
      }),
    );
  });

  it('are recovered for a written sentence', () => {
    const text = '(ROOT (S (S (VP (VBG Singing))) (VP (VBZ is) (ADJP (JJ good)) (PP (IN for) (NP (PRP us)))) (. .)))';
    const [gold] = readBracketing(text) as readonly PennTree[];
    const { chart, labels } = goldChart(gold!);
    expect(labels).to.include('S::VP');
    expect(nodesOf(bestTree(chart), labels, 10)[1]).to.deep.equal({ label: 'S', start: 10, end: 11 });
    expect(nodesOf(bestTree(chart), labels)).to.deep.equal((readBrackets(text) as { nodes: unknown }).nodes);
  });
});

describe('sentences', () => {
  const ends = (text: string) => sentenceEnds(text.split(' '));

  it('end after full stops, question and exclamation marks', () => {
    expect(ends('Anna sings . Who listens ? I do ! And')).to.deep.equal([3, 6, 9, 10]);
    expect(ends('It is open')).to.deep.equal([3]);
  });

  it('include closing quotes and brackets; each further stop is a separate sentence', () => {
    expect(ends('He said ( go . ) and " yes . " Then .')).to.deep.equal([6, 11, 13]);
    expect(ends('Good . . Then ... more')).to.deep.equal([2, 3, 6]);
  });
});
