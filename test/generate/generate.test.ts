import { Type } from '@sinclair/typebox';
import { expect } from 'chai';
import { appendFile, mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builtInGuides } from '../../guidance/index.js';
import { Interrupted } from '../../lib/base/errors.js';
import { withLock } from '../../lib/base/lock.js';
import { compileExpression, one, repeat } from '../../lib/automaton/index.js';
import { checkConfig } from '../../lib/config/index.js';
import type { GuideFactory } from '../../lib/guide/contract.js';
import { judgeFolder } from '../../lib/evaluate/judge.js';
import { generate, type GenerateHooks } from '../../lib/generate/generate.js';
import { prepareRun } from '../../lib/plan/prepare.js';
import { readSamples } from '../../lib/run/read-samples.js';
import type { SampleLine } from '../../lib/run/sample-line.js';
import { trainGuide } from '../../lib/train/guides/train-guide.js';
import { errorOf } from '../text/helpers.js';
import { tinyPaperConfig, vocabulary, withFolder, writeTinyModel } from '../tiny-model.js';

const parses = [
  ['The heron sleeps .', 'DET NOUN VERB PUNCT'],
  ['A quiet heron waits .', 'DET ADJ NOUN VERB PUNCT'],
  ['The garden is green', 'DET NOUN AUX ADJ'],
].map(([words, tags], line) => {
  const upos = tags!.split(' ');
  return { line, sentences: [{ words: words!.split(' '), tags: upos, upos, tree: '(S)' }] };
});

describe('a batch run', function () {
  this.timeout(20_000);

  /** Runs `use` with a tiny model in a folder, and a way to generate there. */
  const withModel = (use: (folder: string, run: Run) => Promise<void>): Promise<void> =>
    withFolder(async (folder) => {
      await writeTinyModel(join(folder, 'model'));
      const run: Run = async (changes, hooks = {}) => {
        const base = {
          model: join(folder, 'model'),
          device: 'onnx-cpu',
          sampler: { steps: 6 },
          batchSize: 4,
          output: join(folder, 'out'),
        };
        const config = checkConfig('generate', { ...base, ...changes });
        const result = await generate(config, builtInGuides, 'run.json', hooks);
        const path = join(config.output, 'samples.jsonl');
        return { ...result, lines: await readSamples(path), bytes: await readFile(path, 'utf8') };
      };
      await use(folder, run);
    });
  type Run = (
    changes: Record<string, unknown>,
    hooks?: GenerateHooks,
  ) => Promise<{ texts: number; made: number; lines: SampleLine[]; bytes: string }>;

  it('combines guides: texts have exactly the requested length and the given words in their positions', () =>
    withModel(async (_folder, run) => {
      const targets = [
        { words: 6, template: 'The _ is ...' },
        { words: 4, template: ['_', 'pond', '...'] },
        { words: 5, template: '_:4 .' },
      ];
      const guidance = [
        { guide: 'length', length: { from: 'words' } },
        { all: [{ guide: 'infill', template: { from: 'template' } }] },
      ];
      const { lines, texts, made } = await run({ guidance, targets, samplesPerTarget: 3 });
      expect([texts, made]).to.deep.equal([9, 9]);
      expect(lines.map(({ id }) => id)).to.deep.equal([0, 1, 2].flatMap((t) => [0, 1, 2].map((s) => `${t}-${s}`)));
      for (const { id, tokens, target, guides, text } of lines) {
        const which = Number(id[0]);
        expect(target).to.deep.equal(targets[which]);
        expect(tokens, id).to.have.length(targets[which]!.words);
        if (which === 0) expect([tokens[0], tokens[2]]).to.deep.equal(['The', 'is']);
        if (which === 1) expect(tokens[1]).to.equal('pond');
        if (which === 2) expect(tokens[4]).to.equal('.');
        expect(
          tokens.every((token) => vocabulary.id(token) !== undefined),
          'no special token',
        ).to.equal(true);
        expect(guides).to.deep.equal({ length: { logProb: 0, holds: true }, infill: { logProb: 0, holds: true } });
        expect(text.length).to.be.above(0);
      }
      expect(new Set(lines.map(({ seed }) => seed)).size).to.equal(9);
      expect(new Set(lines.map(({ text }) => text)).size).to.be.above(6);
    }));

  it('that is stopped or torn resumes to the same bytes; the same seed gives them again, another seed others', () =>
    withModel(async (folder, run) => {
      const job = { guidance: [{ guide: 'length', length: 5 }], samplesPerTarget: 10 };
      const { bytes } = await run(job);
      const output = join(folder, 'stopped');
      const stop = new AbortController();
      const onSamples = () => stop.abort();
      const error = await run({ ...job, output }, { signal: stop.signal, onSamples }).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(Interrupted);
      const path = join(output, 'samples.jsonl');
      expect(await readSamples(path)).to.have.length(4);
      await appendFile(path, '{"id":"0-4","tar');
      const rest = await run({ ...job, output });
      expect([rest.made, rest.bytes]).to.deep.equal([6, bytes]);
      await truncate(path, bytes.length - 30);
      expect((await run({ ...job, output })).bytes).to.equal(bytes);
      const other = await run({ ...job, output: join(folder, 'other'), seed: 2 });
      expect(other.lines.map(({ text }) => text)).to.not.deep.equal((await readSamples(path)).map(({ text }) => text));
    }));

  it('that is finished generates nothing more; another config or model in its folder is refused by name', () =>
    withModel(async (folder, run) => {
      const job = { samplesPerTarget: 2 };
      const { bytes } = await run(job);
      const again = await run(job);
      expect([again.made, again.bytes]).to.deep.equal([0, bytes]);
      const message = await errorOf(run({ samplesPerTarget: 3, seed: 5 }));
      for (const line of [
        /run\.json: 4 problems/,
        /\/config\/seed: differs from the config/,
        /\/config\/samplesPerTarget: differs from the config/,
        /\/texts: the run was started for 2 texts, the targets now give 3/,
      ])
        expect(message).to.match(line);
      expect(message).to.contain('choose another output folder').and.not.contain('/config/model');
      await writeTinyModel(join(folder, 'model'), undefined, 2);
      expect(await errorOf(run(job))).to.contain('/model: the model has changed');
      expect(await readFile(join(folder, 'out/samples.jsonl'), 'utf8')).to.equal(bytes);
    }));

  it('is refused while another one writes to its folder', () =>
    withModel(async (folder, run) => {
      const job = { samplesPerTarget: 8 };
      const message = await withLock(join(folder, 'out'), 'generate', () => errorOf(run(job)));
      expect(message).to.contain(`${join(folder, 'out')}: \`generate\` is already running in this folder: process`);
      expect((await run(job)).made).to.equal(8);
    }));

  it('refuses a folder whose texts are not those of the run, and says which line is wrong', () =>
    withModel(async (folder, run) => {
      const targets = join(folder, 'targets.jsonl');
      await writeFile(targets, '{"note":"a"}\n{"note":"b"}\n');
      const job = { targets, samplesPerTarget: 3 };
      const { bytes } = await run(job);
      const path = join(folder, 'out/samples.jsonl');
      const lines = bytes.split('\n');
      await writeFile(path, lines.toSpliced(1, 1).join('\n'));
      expect(await errorOf(run(job))).to.contain(
        'samples.jsonl:2: expected text 0-1 of the run, found "0-2"; remove this line and all',
      );
      await writeFile(path, lines.toSpliced(4, 0, lines[0]!).join('\n'));
      expect(await errorOf(run(job))).to.contain('samples.jsonl:7: the run has 6 texts, the file 7 lines');
      expect(await errorOf(readSamples(path))).to.match(
        /:5: text "0-0" is in the file twice; remove this line and all lines after/,
      );
      await writeFile(path, bytes);
      await writeFile(targets, '{"note":"a"}\n{"note":"c"}\n');
      expect(await errorOf(run(job))).to.contain('samples.jsonl:4: text 1-0 has another target');
      await rm(join(folder, 'out/run.json'));
      expect(await errorOf(run({ ...job, seed: 2 }))).to.contain('holds texts, but no run.json');
      expect(await readFile(path, 'utf8')).to.equal(bytes);
    }));

  it('decodes by minimum Bayes risk', () =>
    withModel(async (_folder, run) => {
      const { lines } = await run({ decode: { name: 'mbr', candidates: 4 }, batchSize: 9, samplesPerTarget: 3 });
      expect(lines.map(({ id }) => id)).to.deep.equal(['0-0', '0-1', '0-2']);
    }));

  it('is steered by parts of speech, with counted tables and with a classifier', () =>
    withModel(async (folder, run) => {
      await writeFile(join(folder, 'parses.jsonl'), parses.map((row) => `${JSON.stringify(row)}\n`).join(''));
      const train = (rest: Record<string, unknown>) =>
        trainGuide(
          checkConfig('train-guide', {
            ...{ guide: 'pos', model: join(folder, 'model'), parses: 'parses.jsonl', device: 'onnx-cpu' },
            ...{
              network: { layers: 1, width: 8, heads: 2 },
              optimizer: { steps: 3, batchSize: 2 },
              output: join(folder, 'guide'),
            },
            ...rest,
          }),
          folder,
          builtInGuides,
        );
      const tags = ['DET', 'ADJ', 'NOUN', 'VERB'];
      const clause = { guide: 'pos', tags };
      expect(await errorOf(run({ guidance: [clause] }))).to.contain('nothing is here; make it with `diffusteer train-guide`');
      expect((await train({ via: 'posterior' })).trained).to.equal(true);
      expect((await train({ via: 'gradient' })).trained).to.equal(true);

      const byTables = await run({ guidance: [clause], samplesPerTarget: 3, output: join(folder, 'tables') });
      for (const { tokens, guides } of byTables.lines) {
        expect(tokens).to.have.length(4);
        expect(tokens[0]).to.be.oneOf(['The', 'A']);
        expect(tokens[2]).to.be.oneOf(['heron', 'garden']);
        expect(guides['pos']!.logProb).to.be.below(0);
      }
      const guidance = [
        { ...clause, via: 'gradient' },
        { guide: 'length', length: 4 },
      ];
      const longer = [guidance[0], { guide: 'length', length: 6 }];
      expect(await errorOf(run({ guidance: longer, output: join(folder, 'longer') }))).to.contain(
        'length and pos leave no word at position 5 of a text, where pos allows at most 4 words',
      );
      const byGradient = await run({ guidance, samplesPerTarget: 3, output: join(folder, 'gradient') });
      for (const { tokens, guides } of byGradient.lines) {
        expect(tokens).to.have.length(4);
        expect(guides['pos']!.logProb).to.be.below(0);
        expect(guides['length']).to.deep.equal({ logProb: 0, holds: true });
      }

      const either = [
        { any: [{ ...clause, via: 'gradient' }, { not: { guide: 'pos', via: 'gradient', tags: ['ADV'] } }], weight: 'auto' },
      ];
      const auto = await run({ guidance: either, samplesPerTarget: 6, output: join(folder, 'any') });
      for (const { guides } of auto.lines) {
        const [p, q, not, any] = ['pos', 'pos#2', 'not', 'any'].map((label) => Math.exp(guides[label]!.logProb!));
        expect(not).to.be.closeTo(1 - q!, 1e-3);
        expect(any).to.be.closeTo(1 - (1 - p!) * q!, 1e-3);
        expect(guides['any']!.holds).to.equal(any! > 0.5);
        expect(guides['any']!.weight!.first).to.equal(1);
      }
      const softInside = await errorOf(run({ guidance: [{ not: clause }], output: join(folder, 'soft') }));
      expect(softInside).to.contain('/guidance/0/not: the guide "pos" weighs tokens').and.contain('"via": "gradient"');

      await writeTinyModel(join(folder, 'model'), undefined, 2);
      const refused = await errorOf(run({ guidance, output: join(folder, 'refused') }));
      expect(refused).to.contain('was trained for another denoiser').and.contain('train it again');
    }));

  it('generates only texts that all automata accept, also together with other guides', () =>
    withModel(async (_folder, run) => {
      const targets = [
        { pattern: '(The|A) .{1,2} (pond|garden) .*', all: ['green', 'old'] },
        { pattern: '[^The|A]+ .', all: ['heron waits'] },
      ];
      const guidance = [
        { guide: 'regex', pattern: { from: 'pattern' } },
        { guide: 'words', all: { from: 'all' }, none: ['.'] },
        { guide: 'length', length: { min: 4, max: 5 } },
      ];
      const { lines } = await run({ guidance, targets, samplesPerTarget: 5 });
      for (const { id, tokens, guides, truncated } of lines) {
        const text = tokens.join(' ');
        if (id.startsWith('0'))
          expect(text)
            .to.match(/^(The|A) (\S+ ){1,2}(pond|garden)/)
            .and.match(/green/)
            .and.match(/old/);
        else
          expect(text)
            .to.match(/heron waits/)
            .and.not.match(/The.* |A.* /);
        expect(tokens.length).to.be.within(4, 5);
        expect(tokens).to.not.include('.');
        const holds = { logProb: 0, holds: true };
        expect([guides, truncated]).to.deep.equal([{ regex: holds, words: holds, length: holds }, undefined]);
      }
      expect(new Set(lines.map(({ text }) => text)).size).to.be.above(5);
    }));

  it('says why no text is possible: an empty intersection, too long, or forbidden at a position', () =>
    withModel(async (_folder, run) => {
      const regex = (pattern: string) => ({ guide: 'regex', pattern });
      const cases: [object[], string][] = [
        [[regex('The .*'), regex('A .*')], 'regex and regex#2 accept no text in common'],
        [[regex('The .{8,} pond')], 'regex accepts no text that fits: the shortest has 10 words, a text holds 6'],
        [
          [regex('The (pond|heron) .*'), { guide: 'infill', template: 'The garden ...' }],
          'accept no text: position 2 needs "pond" or "heron", which is forbidden there',
        ],
        [[regex('The .{2,}'), { guide: 'length', length: 2 }], 'accept no text: position 3 needs'],
      ];
      for (const [guidance, message] of cases) expect(await errorOf(run({ guidance }))).to.contain(message);
      expect(await errorOf(run({ guidance: [regex('<NOUN>')] }))).to.contain('<NOUN>: needs counts of the tags of words');
    }));

  it('reports a device without 8 bits along with other problems, and records the precision of a run', () =>
    withModel(async (folder, run) => {
      const config = checkConfig('generate', {
        ...{ model: join(folder, 'model'), output: join(folder, 'none') },
        ...{ device: 'tfjs-cpu', precision: 'int8' },
      });
      const refused = await errorOf(prepareRun(config, builtInGuides, 'run.json'));
      expect(refused).to.contain('/precision: tfjs-cpu does not support int8');
      for (const [asked, precision] of Object.entries({ auto: 'int8', float32: 'float32' })) {
        await run({ precision: asked, output: join(folder, asked) });
        expect(JSON.parse(await readFile(join(folder, asked, 'run.json'), 'utf8'))).to.include({ precision });
      }
    }));

  it('refuses automata with a model without token probabilities', () =>
    withFolder(async (folder) => {
      await writeTinyModel(join(folder, 'model'), tinyPaperConfig);
      const own: GuideFactory<unknown> = {
        ...{ name: 'own', summary: 'two words', example: {}, options: Type.Object({}), places: ['posterior'] },
        check: () => [],
        create: () => ({ via: 'posterior', factors: () => ({ automaton: compileExpression(repeat(one([4]), 2, 2), 20) }) }),
      };
      const refused = (clause: object) => {
        const paths = { model: join(folder, 'model'), output: join(folder, 'out') };
        const config = checkConfig('generate', { ...paths, guidance: [clause], sampler: { steps: 6 } });
        return errorOf(prepareRun(config, new Map([...builtInGuides, ['own', own]]), 'run.json'));
      };
      expect(await refused({ guide: 'infill', template: 'The ... pond' })).to.contain(
        '/guidance/0/template: has a gap without a fixed length',
      );
      expect(await refused({ guide: 'own' })).to.contain("a model of the paper's recipe cannot do");
    }));

  it('generates only texts that satisfy nested clauses, and says which part holds', () =>
    withModel(async (folder, run) => {
      const anyOf = { any: [{ guide: 'length', length: 3 }, { guide: 'infill', template: '_ pond ...' }] }; // prettier-ignore
      const guidance = [
        anyOf,
        {
          not: {
            any: [
              { guide: 'length', length: 4 },
              { guide: 'infill', template: 'The ...' },
            ],
          },
        },
      ];
      const { lines } = await run({ guidance, samplesPerTarget: 24 });
      const seen = new Set<string>();
      for (const { tokens, guides } of lines) {
        const [three, pond] = [tokens.length === 3, tokens[1] === 'pond'];
        seen.add(`${three} ${pond}`);
        expect(three || pond).to.equal(true);
        expect(tokens.length === 4 || tokens[0] === 'The').to.equal(false);
        expect(guides).to.deep.equal({
          length: { ...(three ? { logProb: 0, holds: true } : { logProb: null, holds: false }), inside: 'any' },
          infill: { ...(pond ? { logProb: 0, holds: true } : { logProb: null, holds: false }), inside: 'any' },
          any: { logProb: 0, holds: true },
          'length#2': { logProb: null, holds: false, inside: 'any#2' },
          'infill#2': { logProb: null, holds: false, inside: 'any#2' },
          'any#2': { logProb: null, holds: false, inside: 'not' },
          not: { logProb: 0, holds: true },
        });
      }
      expect(seen.size).to.be.above(1);
      const { guides } = await judgeFolder(join(folder, 'out'), builtInGuides);
      expect(Object.keys(guides)).to.deep.equal(['any', 'not']);
      for (const guide of Object.values(guides))
        expect(guide).to.deep.include({ score: { mean: 1 }, perfect: { mean: 1 }, texts: 24 });
      const impossible = [anyOf, { not: anyOf }];
      const output = join(folder, 'impossible');
      expect(await errorOf(run({ guidance: impossible, output }))).to.contain('any and not accept no text in common');
    }));

  it('names the target whose guides leave no word at some position', () =>
    withModel(async (folder, run) => {
      const guidance = [
        { guide: 'length', length: 2 },
        { guide: 'infill', template: { from: 'template' } },
      ];
      const targets = [{ template: 'The pond' }, { template: 'The quiet pond' }];
      await mkdir(join(folder, 'out'));
      expect(await errorOf(run({ guidance, targets }))).to.contain('leave no word at position 3 of a text (/targets/1)');
    }));
});
