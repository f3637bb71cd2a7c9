import { Ajv } from 'ajv';
import { expect } from 'chai';
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builtInGuides } from '../../guidance/index.js';
import { Interrupted } from '../../lib/base/errors.js';
import { withLock } from '../../lib/base/lock.js';
import { checkConfig } from '../../lib/config/index.js';
import { type EvaluateOptions, evaluateRun } from '../../lib/evaluate/evaluate.js';
import { type Metrics, type TextScores } from '../../lib/evaluate/metrics.js';
import type { GuideFactory } from '../../lib/guide/contract.js';
import type { Registry } from '../../lib/guide/registry.js';
import { Type } from '../../lib/index.js';
import { type FluencyJudge } from '../../lib/judges/fluency/fluency.js';
import { type Judge, JudgeUnavailable } from '../../lib/judges/judge.js';
import { type Parser, rememberingParser } from '../../lib/judges/parsers/parser.js';
import { renderMarkdown, renderReport } from '../../lib/report/render-report.js';
import { inputErrorOf } from '../config/helpers.js';
import { errorOf } from '../text/helpers.js';
import { withFolder, writeTinyModel } from '../tiny-model.js';

/** A user's own guide, of which only the judge is used. */
const mood: GuideFactory<unknown> = {
  name: 'mood',
  summary: 'a mood',
  example: {},
  options: Type.Object({}),
  places: ['posterior'],
  check: () => [],
  create: () => ({ via: 'posterior', factors: () => ({}) }),
};
/** Guides of these names that need no model and take any options. */
const untrainedGuides = (...names: string[]) =>
  names.map((name) => [name, { ...mood, name, options: Type.Object({}, { additionalProperties: true }) }] as const);
const registry: Registry = new Map([...builtInGuides, ['mood', mood]]);

/** Counts the texts that it is asked about; fails from the text `fails` on. */
class MoodJudge implements Judge {
  readonly name = 'mood';
  asked = 0;
  constructor(readonly fails = Infinity) {}
  async score(texts: readonly (readonly string[])[]) {
    if (this.asked + texts.length > this.fails) throw new JudgeUnavailable('the server has died; start it again');
    this.asked += texts.length;
    return texts.map((words) => ({ value: words.length % 2 }));
  }
}

interface Text {
  readonly text: string;
  readonly target: object;
  readonly sample?: number;
}

async function writeRun(folder: string, texts: readonly Text[], guidance: unknown[], more: object = {}): Promise<string> {
  await writeTinyModel(join(folder, 'model'));
  const config = checkConfig('generate', { model: join(folder, 'model'), output: folder, guidance, ...more });
  const made = { version: '0', device: 'onnx-cpu', threads: 1, model: { path: config.model, hash: '' } };
  await writeFile(join(folder, 'run.json'), JSON.stringify({ config, ...made, texts: texts.length }));
  const lines = texts.map(({ text, target, sample = 0 }, i) => {
    const tokens = text.split(' ');
    return `${JSON.stringify({ id: `${i}-${sample}`, target, sample, tokens, text, guides: {}, seed: 1 })}\n`;
  });
  await writeFile(join(folder, 'samples.jsonl'), lines.join(''));
  return folder;
}

const scoresOf = async (folder: string): Promise<TextScores[]> =>
  (await readFile(join(folder, 'scores.jsonl'), 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as TextScores);

const byLength = [{ guide: 'length', length: { from: 'length' } }];
const byMood = [{ guide: 'mood' }];
/** More than one chunk. */
const many = Array.from({ length: 300 }, (_, i): Text => ({ text: 'a heron waits'.slice(0, 1 + (i % 13)), target: { i } }));

describe('evaluateRun', () => {
  it('gives figures computed by hand, in the form of the schema', async () => {
    await withFolder(async (folder) => {
      const corpus = join(folder, 'corpus.txt');
      await writeFile(corpus, 'a heron waits .\nthe pond is old .\n');
      const texts = [
        { text: 'a heron waits .', target: { length: 4, ref: 'a heron waits .' } },
        { text: 'the pond is green .', target: { length: 4, ref: 'the pond is old' } },
        { text: 'a heron sleeps', target: { length: 3 } },
      ];
      await writeRun(folder, texts, byLength);
      const metrics = await evaluateRun(folder, registry, { corpus });
      const { score, perfect, ceiling, ofCeiling, judge, texts: judged } = metrics.guides['length']!;
      expect([score.mean, perfect.mean]).to.deep.equal([2 / 3, 2 / 3]);
      expect({ ceiling, ofCeiling, judge, judged }).to.deep.equal({
        ceiling: 1,
        ofCeiling: 1 / 2,
        judge: 'the words of the text',
        judged: 3,
      });
      expect([score.low, score.high]).to.deep.equal([0, 1]);
      expect(metrics.novelty!.copies.mean).to.equal(1 / 3);
      expect(metrics.novelty!.longestCopied.mean).to.equal((4 + 3 + 2) / 3);
      expect(metrics.novelty!.longestCopiedMax).to.deep.equal({ words: 4, id: '0-0' });
      expect(metrics.diversity.distinct[0]).to.equal(9 / 12); // "a", "heron" and "." occur twice
      expect(metrics.lengths).to.deep.equal({ mean: 4, min: 3, max: 5 });
      expect([metrics.texts, metrics.targets, metrics.gaps, metrics.unjudged]).to.deep.equal([3, 3, {}, []]);
      expect(metrics.references!.texts).to.equal(2);
      const schema = JSON.parse(await readFile('schemas/metrics.schema.json', 'utf8')) as object;
      const validate = new Ajv({ strict: false }).compile(schema);
      const written = JSON.parse(await readFile(join(folder, 'metrics.json'), 'utf8')) as Metrics;
      expect(validate(written), JSON.stringify(validate.errors)).to.equal(true);
      expect(written).to.deep.equal(JSON.parse(JSON.stringify(metrics)));
      expect(renderReport(metrics)).to.match(/^length +66\.7 % +0\.0 to 100\.0 +66\.7 % +100\.0 % +50\.0 % +3$/m);
      expect(renderMarkdown(metrics, 'run')).to.contain('| length | 66.7 % | 0.0 to 100.0 | 66.7 % | 100.0 % | 50.0 % | 3 |');
    });
  });

  it('does not take a field as the reference if a guide takes an option from it, at any depth', async () => {
    const target = { words: ['pond', 'heron'], ref: 'The heron waits' };
    const words = { guide: 'words', all: { from: 'words' } };
    const asked = { guide: 'words', all: ['pond'] };
    const ceilingOf = (guidance: unknown[]) =>
      withFolder(async (folder) => {
        await writeRun(folder, [{ text: 'The pond finds heron .', target }], guidance);
        const { guides } = await evaluateRun(folder, registry);
        return Object.values(guides)[0]!.ceiling;
      });
    expect(await ceilingOf([words])).to.equal(1 / 2);
    expect(await ceilingOf([{ any: [words, asked] }])).to.equal(0);
    expect(await ceilingOf([asked])).to.equal(1); // the words are a text here
  });

  it('resamples the texts of a target together, and single texts if there is one target', async () => {
    await withFolder(async (folder) => {
      const target = { length: 2 };
      const texts = ['a b', 'a', 'a b', 'a b'].map((text, sample) => ({ text, target, sample }));
      await writeRun(folder, texts, byLength, { samplesPerTarget: 4 });
      const alone = await evaluateRun(folder, registry);
      expect(alone.targets).to.equal(4);
      expect(alone.guides['length']!.score.low).to.be.below(0.75);
      const two = [...texts, ...texts].map((text, i) => ({ ...text, target: { ...target, i: Math.floor(i / 4) } }));
      await rm(join(folder, 'scores.json'));
      await rm(join(folder, 'scores.jsonl'));
      await writeRun(folder, two, byLength, { samplesPerTarget: 4 });
      const together = await evaluateRun(folder, registry);
      expect(together.targets).to.equal(2);
      expect(together.guides['length']!.score).to.deep.equal({ mean: 0.75, low: 0.75, high: 0.75 });
    });
  });

  it('resumes, and cuts off a torn line', async () => {
    await withFolder(async (folder) => {
      await writeRun(folder, many, byMood);
      const whole = new MoodJudge();
      const expected = await evaluateRun(folder, registry, { judges: [whole] });
      expect(whole.asked).to.equal(300);
      const scores = await readFile(join(folder, 'scores.jsonl'), 'utf8');

      await rm(join(folder, 'scores.json'));
      await rm(join(folder, 'scores.jsonl'));
      const judge = new MoodJudge();
      const stop = new AbortController();
      const stopped = await evaluateRun(
        folder,
        registry,
        { judges: [judge] },
        { signal: stop.signal, onProgress: () => stop.abort() },
      ).catch((error: unknown) => error);
      expect(stopped).to.be.instanceOf(Interrupted);
      expect(judge.asked).to.equal(256);
      await appendFile(join(folder, 'scores.jsonl'), '{"id":"256-0","gui');
      let from = 0;
      const metrics = await evaluateRun(folder, registry, { judges: [judge] }, { onStart: (done) => (from = done) });
      expect([from, judge.asked]).to.deep.equal([256, 300]);
      expect(metrics).to.deep.equal(expected);
      expect(await readFile(join(folder, 'scores.jsonl'), 'utf8')).to.equal(scores);
    });
  });

  it('mends scores that were damaged, written twice or are of other texts, and judges only what they lack', async () => {
    await withFolder(async (folder) => {
      await writeRun(folder, many, byMood);
      const expected = await evaluateRun(folder, registry, { judges: [new MoodJudge()] });
      const path = join(folder, 'scores.jsonl');
      const whole = await readFile(path, 'utf8');
      const lines = whole.split('\n');
      const damaged = [
        whole + whole, // two evaluations at once wrote these
        lines.toSpliced(10, 1).join('\n'),
        ...[
          '{"id":"10-0"',
          '{"id":"10-0","sample":0,"guides":null,"fluency":{}}',
          '{"id":"10-0","sample":0,"guides":{"mood":{}},"fluency":{}}',
        ].map((line) => lines.with(10, line).join('\n')),
      ];
      for (const scores of damaged) {
        await writeFile(path, scores);
        const judge = new MoodJudge();
        expect(await evaluateRun(folder, registry, { judges: [judge] })).to.deep.equal(expected);
        expect(judge.asked).to.equal(scores === damaged[0] ? 0 : 290);
        expect(await readFile(path, 'utf8')).to.equal(whole);
      }
    });
  });

  it('names what is wrong with a damaged run.json or scores.json, and refuses a second evaluation at once', async () => {
    await withFolder(async (folder) => {
      await writeRun(folder, [{ text: 'a heron', target: { length: 2 } }], byLength);
      const evaluated = () => evaluateRun(folder, registry);
      expect(await errorOf(withLock(folder, 'evaluate', evaluated))).to.contain('`evaluate` is already running');
      await evaluated();
      for (const by of ['{}', '[]', 'null', '{"version":"0","guides":{}}', '{"version":"0","guides":{"a":1},"fluency":{}}']) {
        await writeFile(join(folder, 'scores.json'), by);
        expect(await errorOf(evaluated())).to.contain('remove it and scores.jsonl next to it');
      }
      const path = join(folder, 'run.json');
      const manifest = JSON.parse(await readFile(path, 'utf8')) as { config: object };
      const broken = [
        ['{}', '/config: '],
        [JSON.stringify({ ...manifest, config: { ...manifest.config, guidance: [null] } }), '/config/guidance/0: '],
      ] as const;
      for (const [content, part] of broken) {
        await writeFile(path, content);
        expect(await errorOf(evaluated())).to.contain(part);
      }
    });
  });

  it('marks the gaps of a judge that dies half-way, keeps the rest, and fills only the gaps the next time', async () => {
    await withFolder(async (folder) => {
      await writeRun(folder, many, [...byMood, { guide: 'length', length: 1 }]);
      const dying = new MoodJudge(260);
      const { gaps, guides } = await evaluateRun(folder, registry, { judges: [dying] });
      expect(gaps['mood']).to.equal('256 of 300 texts are judged: the server has died; start it again');
      expect([guides['mood']!.texts, guides['length']!.texts]).to.deep.equal([256, 300]);

      const back = new MoodJudge();
      const whole = await evaluateRun(folder, registry, { judges: [back] });
      expect([back.asked, whole.guides['mood']!.texts, whole.gaps['mood']]).to.deep.equal([44, 300, undefined]);
      expect((await scoresOf(folder)).map(({ id }) => id)).to.deep.equal(many.map((_, i) => `${i}-0`));
      const again = new MoodJudge();
      await evaluateRun(folder, registry, { judges: [again] });
      expect(again.asked).to.equal(0);
    });
  });

  it('judges again if the scores were removed but the record of the judges was not', async () => {
    await withFolder(async (folder) => {
      await writeRun(folder, [{ text: 'a heron', target: { length: 2 } }], byLength);
      const first = await evaluateRun(folder, registry);
      await rm(join(folder, 'scores.jsonl'));
      expect(await evaluateRun(folder, registry)).to.deep.equal(first);
    });
  });

  it('judges again only the scores of a judge that was replaced', async () => {
    await withFolder(async (folder) => {
      await writeRun(folder, many, byMood);
      const first = new MoodJudge();
      await evaluateRun(folder, registry, { judges: [first] });
      const other = Object.assign(new MoodJudge(), { by: 'another model' });
      const corpus = join(folder, 'corpus.txt');
      await writeFile(corpus, 'a heron\n');
      expect((await evaluateRun(folder, registry, { judges: [other], corpus })).guides['mood']!.judge).to.equal('another model');
      expect(other.asked).to.equal(300);
      const { fluency } = await evaluateRun(folder, registry, { judges: [other] });
      expect(other.asked).to.equal(300);
      expect(Object.keys(fluency), 'earlier results are kept').to.deep.equal(['ngram']);
    });
  });

  it('keeps the measured cost of a held-out corpus until the language model changes', async () => {
    await withFolder(async (folder) => {
      const [corpus, heldOut, other] = ['corpus.txt', 'held-out.txt', 'other.txt'].map((name) => join(folder, name));
      await writeFile(corpus!, 'a heron waits .\nthe pond is old .\n');
      await writeFile(heldOut!, 'a heron is old .\n');
      await writeRun(folder, [{ text: 'a heron waits .', target: {} }], []);
      const lm: FluencyJudge = { name: 'lm', by: 'one model', nats: async (texts) => texts.map(() => ({ nats: 6, tokens: 3 })) };
      const costs = async (options: EvaluateOptions) =>
        Object.entries((await evaluateRun(folder, registry, options)).fluency).map(([name, judge]) => [name, judge.heldOut]);

      const both = await costs({ corpus: corpus!, heldOut: heldOut!, fluency: [lm] });
      expect(both).to.deep.equal([['ngram', both[0]![1]], ['lm', 2]]); // prettier-ignore
      expect(both[0]![1]).to.be.above(0);
      expect(await costs({})).to.deep.equal(both);
      expect(await costs({ heldOut: heldOut!, fluency: [lm] }), 'of the n-grams too').to.deep.equal(both);
      const named = { ...lm, by: 'another model' };
      expect(await costs({ fluency: [named] })).to.deep.equal([both[0], ['lm', undefined]]);
      await writeFile(other!, 'the pond waits .\n');
      expect(await costs({ heldOut: other!, fluency: [named] }), 'two corpora are not mixed').to.deep.equal([
        ['ngram', undefined],
        ['lm', 2],
      ]);
    });
  });

  it('judges tags and trees by one parse per text, and the tags again if the tagger changes', async () => {
    await withFolder(async (folder) => {
      const tags = ['DET', 'NOUN', 'VERB'];
      const texts = ['the heron waits', 'a heron sings', 'the heron waits'].map((text, i) => ({ text, target: { i } }));
      await writeRun(folder, texts, [
        { guide: 'pos', tags },
        { guide: 'length', length: 3 },
        { guide: 'tree', tree: '(NP DT NN NN)' },
      ]);
      let parsed = 0;
      const parser = rememberingParser({
        name: 'Stanford CoreNLP',
        slow: true,
        async parse(all) {
          parsed += all.length;
          return all.map(() => ({ tags: ['DT', 'NN', 'NN'], nodes: [{ label: 'NP', start: 0, end: 3 }] }));
        },
      });
      const untrained = new Map(untrainedGuides('pos', 'length', 'tree'));
      const judged = async (options: EvaluateOptions) => {
        const { guides, gaps } = await evaluateRun(folder, untrained, options);
        return [guides['pos']?.judge, guides['pos']?.score.mean, gaps['pos']];
      };
      const gone = { name: 'Stanford CoreNLP', parse: () => Promise.reject(new JudgeUnavailable('lacks jars; fetch them')) };
      expect(await judged({ parser })).to.deep.equal(['wink-nlp (Penn tags: Stanford CoreNLP)', 1, undefined]);
      expect((await judged({ parser, tagger: gone }))[2]).to.equal('0 of 3 texts are judged: lacks jars; fetch them');
      expect(await judged({ parser, tagger: parser })).to.deep.equal(['Stanford CoreNLP', 2 / 3, undefined]);
      expect(parsed, 'different texts').to.equal(2);
    });
  });

  it('judges the predictions of traced texts at evenly spaced steps, if they can be judged', async () => {
    await withFolder(async (folder) => {
      const texts = ['a b', 'a b c', 'a b c d'].map((text) => ({ text, target: { length: 3 } }));
      const byParses = [
        { guide: 'tree', tree: '(S (NP DT NN))' },
        { guide: 'pos', tags: ['X'] },
      ];
      await writeRun(folder, texts, [...byLength, ...byMood, ...byParses]);
      const STEPS = 34; // of which every third is judged: 0, 3, ... 33
      const stepsOf = (whole: number) =>
        Array.from({ length: STEPS }, (_, step) => {
          const tokens = Array.from({ length: step < whole ? 1 : 3 }, () => 'a');
          return { step, time: 1 - step / STEPS, tokens, entropy: tokens.map(() => 0), guides: {} };
        });
      const traces = [10, 20].map((whole, i) => JSON.stringify({ id: `${i}-0`, sample: 0, steps: stepsOf(whole) }));
      await writeFile(join(folder, 'traces.jsonl'), `${traces.join('\n')}\n`);
      const slow: Parser = {
        slow: true,
        parse: async (all) => all.map((words) => ({ tags: words.map(() => 'NN'), nodes: [] })),
      };
      const untrained = new Map([...registry, ...untrainedGuides('tree', 'pos')]);
      const metrics = await evaluateRun(folder, untrained, { judges: [new MoodJudge()], parser: slow, tagger: slow });
      const { texts: traced, guides } = metrics.byStep!;
      expect([traced, Object.keys(guides)]).to.deep.equal([2, ['length', 'mood']]);
      const length = guides['length']!;
      expect(length.map(({ step }) => step)).to.deep.equal([0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 33]);
      expect(length.map(({ mean }) => mean)).to.deep.equal([0, 0, 0, 0, 1 / 2, 1 / 2, 1 / 2, 1, 1, 1, 1, 1]);
      expect([length[5]!.low, length[5]!.high], 'texts of one target are drawn separately').to.deep.equal([0, 1]);
      expect(length[5]!.time).to.equal(1 - 15 / STEPS);
      expect(guides['mood']!.map(({ mean }) => mean)).to.deep.equal(Array.from({ length: 12 }, () => 1));
      for (const guide of ['tree', 'pos'])
        expect(metrics.guides[guide]!.texts, 'a parser that is slow to start judges only texts').to.equal(3);
      const markdown = renderMarkdown(metrics, 'run');
      expect(markdown)
        .to.contain('| reverse step | noise | length, % | mood, % |')
        .and.to.contain('| 16 | 0.56 | 50.0 [0.0 to 100.0] |');
      const validate = new Ajv({ strict: false }).compile(
        JSON.parse(await readFile('schemas/metrics.schema.json', 'utf8')) as object,
      );
      expect(validate(JSON.parse(JSON.stringify(metrics))), JSON.stringify(validate.errors)).to.equal(true);
    });
  });

  it('names the line that is not a text, and keeps earlier judgements', async () => {
    await withFolder(async (folder) => {
      await writeRun(folder, many, byMood);
      await appendFile(join(folder, 'samples.jsonl'), '{"id": oops\n');
      const judge = new MoodJudge();
      const error = await inputErrorOf(() => evaluateRun(folder, registry, { judges: [judge] }));
      expect(error.message).to.match(/samples\.jsonl:301: is not JSON/);
      expect(await scoresOf(folder)).to.have.length(300);
      await writeRun(folder, many.slice(0, 2), byMood);
      await appendFile(join(folder, 'samples.jsonl'), '{"id":"2-0","sample":0,"target":{}}\n');
      expect((await inputErrorOf(() => evaluateRun(folder, registry, { judges: [judge] }))).message).to.match(
        /samples\.jsonl:3: expected a text of a run/,
      );
    });
  });

  it('reports a run cut short, a guide without a judge, and missing references', async () => {
    await withFolder(async (folder) => {
      await writeRun(folder, many.slice(0, 3), byMood);
      const run = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')) as object;
      await writeFile(join(folder, 'run.json'), JSON.stringify({ ...run, texts: 5 }));
      await appendFile(join(folder, 'samples.jsonl'), '{"id":"3-0","tok');
      const { gaps, unjudged, texts } = await evaluateRun(folder, registry);
      expect([texts, unjudged]).to.deep.equal([3, ['mood']]);
      expect(Object.keys(gaps)).to.deep.equal(['run', 'references', 'fluency']);
      expect(gaps['run']).to.contain('has 3 of its 5 texts');
      await writeFile(join(folder, 'samples.jsonl'), '');
      expect((await inputErrorOf(() => evaluateRun(folder, registry))).message).to.contain('holds no text yet');
    });
  });
});
