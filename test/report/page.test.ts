import { expect } from 'chai';
import { checkConfig } from '../../lib/config/index.js';
import type { GuideScore, Metrics } from '../../lib/evaluate/metrics.js';
import type { ScoredText } from '../../lib/evaluate/scored-texts.js';
import type { Mark } from '../../lib/judges/judge.js';
import { SuccessByLength } from '../../lib/report/page/by-length.js';
import { Extremes } from '../../lib/report/page/extremes.js';
import { renderPage } from '../../lib/report/page/page.js';
import { markedText } from '../../lib/report/page/texts.js';
import type { Trace } from '../../lib/run/trace.js';

const HOSTILE = `</script><img src=x onerror="alert('1')">&amp;`;

const interval = (mean: number) => ({ mean, low: mean - 0.1, high: mean + 0.1 });
const metrics = (changes: Partial<Metrics> = {}): Metrics => ({
  texts: 4,
  targets: 2,
  guides: {
    pos: {
      score: interval(0.8),
      perfect: interval(0.5),
      ceiling: 0.9,
      ofCeiling: 0.88,
      also: { edit: interval(0.85) },
      judge: 'a tagger',
      texts: 4,
    },
  },
  fluency: { ngram: { natsPerToken: interval(1.5), perplexity: 4.48, heldOut: 1.8, judge: '4-grams' } },
  diversity: { distinctTexts: 1, distinct: [0.1, 0.2, 0.3, 0.4] },
  lengths: { mean: 4, min: 3, max: 5 },
  truncated: 0,
  gaps: { tree: 'needs a parser: `--parser`' },
  unjudged: ['own-guide'],
  bootstrap: { replicates: 1000, seed: 1 },
  config: checkConfig('generate', { model: 'models/e2e', output: 'runs/a', targets: [{ note: HOSTILE }] }),
  ...changes,
});

function scored(id: string, words: string, value: number, changes: Partial<GuideScore> = {}): ScoredText {
  const tokens = words.split(' ');
  return {
    line: {
      id,
      target: { length: tokens.length },
      sample: 0,
      tokens,
      text: words.replace(/ ([.,])/g, '$1'),
      guides: {},
      seed: 1,
    },
    scores: { id, sample: 0, guides: { pos: { value, ...changes } }, fluency: { ngram: { nats: 4, tokens: tokens.length } } },
  };
}

const trace: Trace = {
  id: '0-0',
  sample: 0,
  steps: [0, 1].map((step) => ({
    step,
    time: 0.5,
    tokens: ['old', HOSTILE],
    entropy: [0, 2],
    guides: { pos: -3 + step, length: null },
  })),
};

const texts = [
  scored('0-0', 'The old pond sleeps .', 1),
  scored('0-1', 'A quiet heron waits .', 0.5, { detail: 'waits is VERB', marks: [{ start: 3, end: 4, note: 'VERB, not NOUN' }] }),
  scored('1-0', `The ${HOSTILE} garden .`, 0, { detail: HOSTILE, marks: [{ start: 1, end: 2, note: HOSTILE }] }),
  scored('1-1', 'The green garden finds .', 0.9),
];

/** Returns the elements of a page that are opened and not closed, or closed and not opened. */
function unbalanced(page: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  const bare = page.replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1>/g, '');
  for (const [, isEnd, name, isEmpty] of bare.matchAll(/<(\/?)([a-z][a-z0-9]*)\b(?:"[^"]*"|'[^']*'|[^'">])*?(\/?)>/g)) {
    if (isEmpty || ['meta', 'input'].includes(name!)) continue;
    if (!isEnd) open.push(name!);
    else if (open.pop() !== name) wrong.push(`/${name}`);
  }
  return [...wrong, ...open];
}

const words = (source: string) => source.replace(/<rt>.*?<\/rt>|<[^>]+>/g, '').trim();

describe('the page of a run', () => {
  const render = (changes: Partial<Parameters<typeof renderPage>[0]> = {}) =>
    renderPage({ name: 'run <1>', metrics: metrics(), texts, traces: [trace], ...changes });

  it('shows every text of a small run once, the figures with their intervals, and missing measurements', async () => {
    const page = await render();
    const articles = [...page.matchAll(/<article>[\s\S]*?<\/article>/g)].map(([source]) => source);
    expect(articles).to.have.length(4);
    for (const { line } of texts.filter(({ line }) => line.id !== '1-0'))
      expect(
        articles.filter((source) => words(source).includes(line.text)),
        line.id,
      ).to.have.length(1);
    expect(articles[0]).to.contain('1-0'); // the worst first
    for (const figure of [
      '80.0 %',
      '70.0 to 90.0',
      '88.0 %',
      'judged by a tagger',
      '1.50',
      'needs a parser: <code>--parser</code>',
      'own-guide',
    ])
      expect(page, figure).to.contain(figure);
    expect(articles[1])
      .to.match(/<ruby><u>waits<\/u><rt>VERB, not NOUN<\/rt><\/ruby>/)
      .and.not.contain('waits is VERB');
  });

  it('draws success over the reverse steps if they were judged', async () => {
    const steps = [0, 5, 11].map((step) => ({ step, time: 1 - step / 12, ...interval(step / 20) }));
    const page = await render({ metrics: metrics({ byStep: { texts: 8, guides: { pos: steps } } }) });
    expect(page).to.match(/<svg[^>]*aria-label="Success of pos over the reverse steps"/);
    expect(page).to.contain('what 3 of the steps predict for 8 traced texts');
    expect(await render()).to.not.contain('Success of pos over the reverse steps');
  });

  it('is one well-formed file, loads no other resources, and escapes texts', async () => {
    const page = await render();
    expect(unbalanced(page)).to.deep.equal([]);
    expect(unbalanced('<p><b>x</p>')).to.have.length.above(0);
    expect(page).to.not.match(/https?:|url\(|@import|<link|<[a-z][^<>]*\s(?:src|href)=/i);
    expect(page.match(/<\/script>/g)).to.have.length(2);
    expect(page).to.not.contain('<img');
    expect(page).to.contain('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;amp;');
    expect(page).to.contain('<title>run &lt;1&gt; ');
    const json = /<script type="application\/json">([\s\S]*?)<\/script>/.exec(page)![1]!;
    expect((JSON.parse(json) as { steps: { tokens: string[] }[] }[])[0]!.steps[0]!.tokens[1]).to.equal(HOSTILE);
  });

  it('has accessible names for graphics, and headers in its tables', async () => {
    const page = await render();
    for (const [svg] of page.matchAll(/<svg[^>]*>/g)) expect(svg).to.match(/role="img" aria-label="[^"]+"/);
    expect(page.match(/<svg/g)!.length).to.be.at.least(3);
    expect(page)
      .to.contain('<html lang="en">')
      .and.match(/<input[^>]* aria-label="Reverse step"/);
    for (const [table] of page.matchAll(/<table>[\s\S]*?<\/table>/g)) {
      expect(table).to.contain('scope="col"').and.contain('scope="row"');
    }
    expect(page.match(/fill="(black|#000|white)"/)).to.equal(null); // plots follow light and dark
  });

  it('of a run without guides, judged texts or traces says so and omits their parts', async () => {
    const bare = await render({ metrics: metrics({ guides: {}, gaps: {}, unjudged: [] }), texts: [], traces: [] });
    expect(bare)
      .to.contain('no guides')
      .and.not.match(/<svg|<article|<script|Not measured/);
    expect(unbalanced(bare)).to.deep.equal([]);
  });

  it('stays small for any number and length of texts', async function () {
    this.timeout(10_000);
    function* many() {
      for (let i = 0; i < 20_000; i++) yield scored(`${i}-0`, `The pond ${'quiet '.repeat(i % 50)}sleeps .`, (i % 100) / 100);
      yield scored('long', 'pond '.repeat(100_000).trim(), 0, { detail: 'x'.repeat(1e6) });
    }
    const config = { ...metrics().config, targets: Array.from({ length: 10_000 }, (_, value) => ({ value })) };
    const long = { ...trace, steps: Array.from({ length: 2000 }, (_, step) => ({ ...trace.steps[0]!, step })) };
    const page = await render({ texts: many(), metrics: metrics({ config }), traces: Array.from({ length: 50 }, () => long) });
    expect(page.length).to.be.below(1e6);
  });
});

describe('failures in a text', () => {
  const shown = (marks: Mark[], tokens = ['The', 'old', 'pond', '.'], text = 'The old pond.') =>
    markedText(tokens, text, marks).source;

  it('are marked at a word, around several, or where one is missing', () => {
    expect(shown([])).to.equal('The old pond.');
    expect(shown([{ start: 1, end: 2, note: 'ADJ, not NOUN' }])).to.equal(
      'The <ruby><u>old</u><rt>ADJ, not NOUN</rt></ruby> pond.',
    );
    expect(words(shown([{ start: 0, end: 3, note: 'no NP' }, { start: 1, end: 3, note: 'no NML' }]))).to.equal('[no NP The [no NML old pond]].'); // prettier-ignore
    expect(words(shown([{ start: 4, end: 4, note: 'lacks "river"' }]))).to.equal('The old pond.‸lacks &quot;river&quot;');
    expect(words(shown([{ start: 2, end: 2, note: 'x' }]))).to.equal('The old ‸x pond.');
  });

  it('are shown once if two clauses find them', () => {
    const mark = { start: 1, end: 3, note: 'no NML' };
    expect(shown([mark, { ...mark }])).to.equal(shown([mark]));
  });

  it('are left out if they lie outside of the text; tokens that the text lacks are joined by spaces', () => {
    expect(shown([{ start: 3, end: 9, note: 'x' }, { start: -1, end: 0, note: 'x' }])).to.equal('The old pond.'); // prettier-ignore
    expect(shown([], ['a', 'b'], 'nothing')).to.equal('a b');
  });
});

describe('the best and the worst texts', () => {
  it('are found as by sorting, in any order of arrival', () => {
    const all = Array.from({ length: 60 }, (_, i) => scored(String(i), 'The pond .', ((i * 37) % 60) / 60));
    const extremes = new Extremes(5);
    all.forEach((text) => extremes.add(text));
    const sorted = all.map(({ scores }) => scores.guides['pos']!.value).sort((a, b) => a - b);
    const values = (found: readonly ScoredText[]) => found.map(({ scores }) => scores.guides['pos']!.value);
    expect(values(extremes.found().worst)).to.deep.equal(sorted.slice(0, 5));
    expect(values(extremes.found().best)).to.deep.equal(sorted.slice(-5).reverse());
  });

  it('are ranked by the mean of all controls if the lowest is the same', () => {
    const extremes = new Extremes(1);
    const both = (id: string, length: number): ScoredText => {
      const text = scored(id, 'The pond .', 0.5);
      return { ...text, scores: { ...text.scores, guides: { ...text.scores.guides, length: { value: length } } } };
    };
    [both('middle', 0.8), both('worst', 0.6), both('best', 1)].forEach((text) => extremes.add(text));
    const { worst, best } = extremes.found();
    expect([worst[0]!.line.id, best[0]!.line.id]).to.deep.equal(['worst', 'best']);
  });

  it('are ranked by fluency if all succeed', () => {
    const extremes = new Extremes(1);
    const fluent = (id: string, nats: number): ScoredText => {
      const text = scored(id, 'The pond .', 1);
      return { ...text, scores: { ...text.scores, fluency: { ngram: { nats, tokens: 4 } } } };
    };
    [fluent('plain', 4), fluent('odd', 20), fluent('best', 2)].forEach((text) => extremes.add(text));
    const { worst, best } = extremes.found();
    expect([worst[0]!.line.id, best[0]!.line.id]).to.deep.equal(['odd', 'best']);
  });
});

describe('success by length', () => {
  it('is the mean over texts of similar length, with 1.96 standard errors', () => {
    const lengths = new SuccessByLength();
    for (let i = 0; i < 60; i++) lengths.add(scored(String(i), 'pond '.repeat(5 + Math.floor(i / 10)).trim(), i % 2));
    const bins = lengths.bins('pos');
    expect(lengths.isOfTarget).to.equal(true);
    expect(bins.map(({ from, to, texts: of }) => [from, to, of])).to.deep.equal([5, 6, 7, 8, 9, 10].map((n) => [n, n, 10]));
    const half = (1.96 * Math.sqrt(2.5 / 9)) / Math.sqrt(10); // ten values, half of them 1: sum of squares about the mean 2.5
    for (const { mean, low, high } of bins) {
      expect(mean).to.equal(0.5);
      expect([low, high]).to.deep.equal([0.5 - half, 0.5 + half]);
    }
  });

  it("does not take a guide's target words as the length of the target", async () => {
    const guidance = [{ guide: 'words', all: { from: 'words' } }];
    const config = checkConfig('generate', { model: 'models/e2e', output: 'runs/a', guidance });
    const asked = Array.from({ length: 60 }, (_, i): ScoredText => {
      const text = scored(String(i), 'pond '.repeat(5 + (i % 6)).trim(), 1);
      return { ...text, line: { ...text.line, target: { words: i % 2 ? ['pond'] : ['pond', 'heron'] } } };
    });
    const page = await renderPage({ name: 'run', metrics: metrics({ config }), texts: asked, traces: [] });
    expect(page).to.contain('words of the text').and.not.contain('words of the target');
  });
});
