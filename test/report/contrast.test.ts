import { expect } from 'chai';
import type { Metrics } from '../../lib/evaluate/metrics.js';
import { SuccessByLength } from '../../lib/report/page/by-length.js';
import { lengthPlots, stepPlots, stepSuccessPlots, successPlot } from '../../lib/report/page/plots.js';
import { PALEST } from '../../lib/report/page/scrubber.js';
import { STYLE } from '../../lib/report/page/style.js';
import { fakeMetrics } from './compare/fake-metrics.js';

type Colour = readonly [red: number, green: number, blue: number];
type Scheme = ReadonlyMap<string, Colour>;

/** Returns the variables of each `:root` of the style sheet: light, then dark. */
const schemes = [...STYLE.matchAll(/:root \{[^}]*\}/g)].map(
  ([root]): Scheme =>
    new Map(
      [...root.matchAll(/--([a-z]+): #([0-9a-f]{6})/g)].map(([, name, hex]) => [
        name!,
        [0, 2, 4].map((at) => parseInt(hex!.slice(at, at + 2), 16)) as unknown as Colour,
      ]),
    ),
);

/** WCAG 2.2, relative luminance. */
function luminance(colour: Colour): number {
  const [red, green, blue] = colour.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(a: Colour, b: Colour): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}

const over = (front: Colour, back: Colour, opacity: number) =>
  front.map((value, i) => value * opacity + back[i]! * (1 - opacity)) as unknown as Colour;

const BACKGROUNDS = ['paper', 'card'];
const [TEXT, GRAPHICS] = [4.5, 3];

/** Returns the pairs of variables with too little contrast in any scheme. */
function pale(names: readonly string[], least: number, opacity = 1): string[] {
  return schemes.flatMap((scheme, s) =>
    names.flatMap((name) =>
      BACKGROUNDS.flatMap((back) => {
        const [front, behind] = [scheme.get(name)!, scheme.get(back)!];
        const ratio = contrast(over(front, behind, opacity), behind);
        return ratio >= least ? [] : [`${s === 0 ? 'light' : 'dark'}: ${name} on ${back} ${ratio.toFixed(2)}`];
      }),
    ),
  );
}

/** Returns what an SVG draws in a colour of the page, except the grid: the variable, its opacity, and whether it is text. */
function drawn(svg: string): { readonly name: string; readonly opacity: number; readonly isText: boolean }[] {
  const withoutGrid = svg.replace(/<g class="mark-rule role-axis-grid"[^>]*>[\s\S]*?<\/g>/g, '');
  return [...withoutGrid.matchAll(/<(\w+)[^>]*?(?:fill|stroke)="var\(--([a-z]+)\)"[^>]*>/g)].map(([element, tag, name]) => ({
    name: name!,
    isText: tag === 'text',
    opacity: [...element.matchAll(/opacity="([\d.]+)"/g)].reduce((all, [, one]) => all * Number(one), 1),
  }));
}

describe('the contrast of the page', () => {
  it('is measured as WCAG does', () => {
    expect(schemes.map((scheme) => [...scheme.keys()])).to.deep.equal(
      Array(2).fill(['paper', 'card', 'ink', 'soft', 'line', 'rule', 'accent', 'wrong']),
    );
    expect(contrast([0, 0, 0], [255, 255, 255])).to.equal(21);
    expect(contrast([0x77, 0x77, 0x77], [255, 255, 255])).to.be.closeTo(4.48, 0.005); // the well-known grey that just fails
    expect(pale(['line'], GRAPHICS), 'only decoration').to.have.length(4);
  });

  it('is at least 4.5 for text, the palest word of a trace included, and 3 for graphics', () => {
    expect(pale(['ink', 'soft', 'accent', 'wrong'], TEXT)).to.deep.equal([]);
    expect(pale(['ink'], TEXT, PALEST)).to.deep.equal([]);
    expect(pale(['rule', 'accent', 'wrong'], GRAPHICS)).to.deep.equal([]);
    const decorated = STYLE.split('\n').filter((line) => line.includes('var(--line)'));
    for (const line of decorated) expect(line).to.not.match(/button|meter|input|color: var\(--line\)/);
  });

  it('is sufficient in every plot', async () => {
    const interval = { mean: 0.5, low: 0.25, high: 0.75 };
    const steps = [0, 1].map((step) => ({ step, time: 1 - step / 2, ...interval }));
    const plain = fakeMetrics({ pos: 0.8 }, {});
    const metrics: Metrics = { ...plain, byStep: { texts: 2, guides: { pos: steps } } };
    const lengths = new SuccessByLength();
    for (let i = 0; i < 60; i++) {
      const tokens = Array.from({ length: 3 + (i % 6) }, () => 'pond');
      const line = { id: `${i}`, target: {}, sample: 0, tokens, text: tokens.join(' '), guides: {}, seed: 1 };
      lengths.add({ line, scores: { id: `${i}`, sample: 0, guides: { pos: { value: i % 2 } }, fluency: {} } });
    }
    const traced = [0, 1].map((step) => ({ step, time: 0.5, tokens: ['old'], entropy: [step], guides: { pos: -step } }));
    const plots = [
      ...(await successPlot(metrics)),
      ...(await lengthPlots(metrics, lengths)),
      ...(await stepSuccessPlots(metrics)),
      ...(await stepPlots([{ id: '0-0', sample: 0, steps: traced }])),
    ];
    expect(plots).to.have.length(5);
    for (const { title, svg } of plots) {
      const parts = drawn(svg.source);
      expect(parts.length, title).to.be.above(5);
      for (const { name, opacity, isText } of parts)
        expect(pale([name], isText ? TEXT : GRAPHICS, opacity), title).to.deep.equal([]);
    }
  });
});
