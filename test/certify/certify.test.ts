import { Type } from '@sinclair/typebox';
import { expect } from 'chai';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builtInGuides } from '../../guidance/index.js';
import { Interrupted } from '../../lib/base/errors.js';
import { keyOf, uniform } from '../../lib/base/random.js';
import {
  type AcceptedText,
  certify,
  type CertifyHooks,
  type CertifyJudging,
  type TargetLine,
  verify,
} from '../../lib/certify/index.js';
import { checkConfig } from '../../lib/config/index.js';
import { scoredTexts } from '../../lib/evaluate/scored-texts.js';
import { registered, type Registry } from '../../lib/guide/registry.js';
import type { FluencyJudge } from '../../lib/judges/fluency/fluency.js';
import { languageFluency } from '../../lib/judges/fluency/language-fluency.js';
import type { Judge } from '../../lib/judges/judge.js';
import type { SampleLine } from '../../lib/run/sample-line.js';
import { errorOf } from '../text/helpers.js';
import { writeDecoder } from '../tiny-language-model.js';
import { withFolder, writeTinyModel } from '../tiny-model.js';

/** Gives each text a cost between 0 and 2 nats per token that follows from its words. */
const costOf = (words: readonly string[]): number => 2 * uniform(keyOf(words.join(' ').length + words.length), 1)[0]!;
const lm: FluencyJudge = {
  name: 'lm',
  by: 'a stand-in',
  nats: (texts) => Promise.resolve(texts.map((words) => ({ nats: costOf(words) * 4, tokens: 4 }))),
};
const judging: CertifyJudging = { fluency: [lm], folders: { fluency: {} } };

/** A guide that steers nowhere, and a judge that dislikes every word with an "o" wherever it stands. */
const GLOOMY = /o/;
const mood: Judge = {
  name: 'mood',
  score: (texts) =>
    Promise.resolve(
      texts.map((words) => {
        const marks = words.flatMap((word, i) => (GLOOMY.test(word) ? [{ start: i, end: i + 1, note: 'gloomy' }] : []));
        return { value: marks.length === 0 ? 1 : 0, marks };
      }),
    ),
  slots: () => Array<string>(20).fill('cheerful'),
};
/** The same, with the share of its words that are not gloomy: a text gets better word by word. */
const gloomy: Judge = {
  ...mood,
  score: async (texts, options) =>
    (await mood.score(texts, options)).map((score, i) => ({ ...score, value: 1 - (score.marks?.length ?? 0) / Math.max(1, texts[i]!.length) })), // prettier-ignore
};
const guidesWithMood: Registry = new Map([
  ...builtInGuides,
  [
    'mood',
    registered({
      default: {
        ...{ name: 'mood', summary: 'A mood.', options: Type.Object({}), example: {}, places: ['posterior'] },
        check: () => [],
        create: () => ({ via: 'posterior', factors: () => ({}) }),
      },
    }),
  ],
]);

const FILES = ['accepted.jsonl', 'targets.jsonl', 'certificate.json'];

describe('certified texts', function () {
  this.timeout(30_000);

  const lines = async <T>(path: string): Promise<T[]> =>
    (await readFile(path, 'utf8')).trim().split('\n').map((line) => JSON.parse(line) as T); // prettier-ignore

  /** Runs `use` with a tiny model and a way to certify its texts. */
  const withModel = (use: (folder: string, run: typeof certifyIn) => Promise<void>): Promise<void> =>
    withFolder(async (folder) => {
      await writeTinyModel(join(folder, 'model'));
      await use(folder, certifyIn);
    });
  const certifyIn = (
    folder: string,
    name: string,
    more: object = {},
    hooks: CertifyHooks = {},
    [guides, by] = [builtInGuides, judging],
  ) => {
    const config = checkConfig('certify', {
      ...{ model: join(folder, 'model'), output: join(folder, name), device: 'onnx-cpu', sampler: { steps: 4 } },
      guidance: [{ guide: 'length', length: { from: 'length' } }],
      targets: [{ length: 4 }, { length: 5 }, { length: 6 }],
      accept: [{ judge: 'length' }, { judge: 'lm', most: 1 }],
      ...{ perTarget: 2, tries: 8, distinct: { ngram: 2, overlap: 0.9 } },
      ...more,
    });
    return certify(config, guides, by, 'certify.json', hooks);
  };

  /** Stops a run before each of some rounds, resumes it to its end and compares it with the run `once` that was not stopped. */
  const stopped = async (folder: string, job: object, rounds: readonly number[], by?: [Registry, CertifyJudging]) => {
    for (const round of rounds) {
      const stop = new AbortController();
      const hooks: CertifyHooks = { signal: stop.signal, onRound: (now) => now === round && stop.abort() };
      const error: unknown = await certifyIn(folder, 'stopped', job, hooks, by).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(Interrupted);
    }
    await certifyIn(folder, 'stopped', job, {}, by);
    for (const file of FILES)
      expect(await readFile(join(folder, 'stopped', file), 'utf8'), file).to.equal(await readFile(join(folder, 'once', file), 'utf8')); // prettier-ignore
  };

  it('are generated until each target has as many as judges accept, resume to the same bytes, and are verified', () =>
    withModel(async (folder, run) => {
      const { certificate, isNew } = await run(folder, 'once');
      expect(isNew).to.equal(true);
      const accepted = await lines<AcceptedText>(join(folder, 'once/accepted.jsonl'));
      const targets = await lines<TargetLine>(join(folder, 'once/targets.jsonl'));
      expect(certificate.texts.rounds).to.be.above(1); // the stand-in refuses some
      expect(accepted.map(({ id }) => id)).to.deep.equal([...new Set(accepted.map(({ id }) => id))]);
      for (const { tokens, target, scores } of accepted) {
        expect(tokens).to.have.length(target['length'] as number);
        expect(scores).to.deep.equal({ length: 1, lm: costOf(tokens) }).and.to.satisfy(() => costOf(tokens) <= 1); // prettier-ignore
      }
      expect(certificate.texts.accepted).to.equal(accepted.length);
      expect(certificate.texts.candidates).to.equal(targets.reduce((sum, { tried }) => sum + tried, 0));
      const [length, fluency] = certificate.controls;
      expect(length!.all).to.include({ tried: certificate.texts.candidates, accepted: certificate.texts.candidates, rate: 1 });
      expect(fluency!.all.accepted).to.equal(certificate.together.all.accepted);
      expect(fluency!.first.tried).to.equal(6); // two candidates for each target, with weights as given
      expect(await run(folder, 'once')).to.include({ isNew: false });
      const verified = await verify(join(folder, 'once'), builtInGuides, judging);
      expect(verified.differs).to.equal(undefined);
      expect(verified.judged).to.equal(certificate.texts.candidates);

      const all = Array.from({ length: certificate.texts.rounds }, (_, i) => i + 1);
      await stopped(folder, {}, all);
    }));

  it('resume with another number of workers, and are verified', () =>
    withModel(async (folder, run) => {
      const stop = new AbortController();
      const hooks: CertifyHooks = { signal: stop.signal, onRound: (now) => now === 2 && stop.abort() };
      const error: unknown = await run(folder, 'shared', { threads: 1 }, hooks).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(Interrupted);
      await run(folder, 'shared', { threads: 1, workers: 1 });
      expect((await verify(join(folder, 'shared'), builtInGuides, judging)).differs).to.equal(undefined);
    }));

  it('name the first line that differs from what is found when they are judged again', () =>
    withModel(async (folder, run) => {
      await run(folder, 'run');
      const altered = async (file: string, change: (text: string) => string) => {
        const path = join(folder, 'run', file);
        const before = await readFile(path, 'utf8');
        await writeFile(path, change(before));
        const { differs } = await verify(join(folder, 'run'), builtInGuides, judging);
        await writeFile(path, before);
        return differs && { ...differs, file: differs.file.slice(folder.length + 5) };
      };
      const inLine = (number: number, from: RegExp, to: string) => (text: string) =>
        text.split('\n').map((line, i) => (i === number - 1 ? line.replace(from, to) : line)).join('\n'); // prettier-ignore
      expect(await altered('rounds/1/0/scores.jsonl', inLine(2, /"nats":[\d.]+/, '"nats":0.04'))).to.deep.include({
        ...{ file: 'rounds/1/0/scores.jsonl', line: 2, what: 'lm', stated: '0.01' },
      });
      expect(await altered('accepted.jsonl', inLine(1, /"text":"/, '"text":"No, '))).to.include({
        ...{ file: 'accepted.jsonl', line: 1, what: '/text' },
      });
      expect(await altered('accepted.jsonl', (text) => text.slice(text.indexOf('\n') + 1))).to.include({ line: 1, what: '/id' });
      expect(await altered('targets.jsonl', inLine(3, /"tried":\d+/, '"tried":1'))).to.include({ line: 3, what: '/tried' });
      expect(await altered('certificate.json', (text) => text.replace(/"spare": \d+/, '"spare": 99'))).to.include({
        ...{ file: 'certificate.json', what: '/texts/spare', stated: '99' },
      });
      expect(await altered('certify.json', (text) => text.replace('"tries": 8', '"tries": 9'))).to.include({ file: 'certify.json', what: '/hashes/config' }); // prettier-ignore
      expect(await altered('certify.json', (text) => text)).to.equal(undefined);
    }));

  it('stay short for a target whose budget is spent, and the report says so', () =>
    withModel(async (folder, run) => {
      const { certificate } = await run(folder, 'run', { accept: [{ judge: 'lm', most: 1e-6 }], perTarget: 1 });
      expect(certificate.targets).to.deep.include({ served: 0, notServed: [0, 1, 2], tries: 8 });
      expect(certificate.texts).to.include({ accepted: 0, candidates: 24 });
      expect(certificate.notJudged).to.deep.equal(['length']);
      const [first] = await lines<TargetLine>(join(folder, 'run/targets.jsonl'));
      expect(first).to.deep.include({ tried: 8, served: false, why: '0 of 1 after 8 candidates; failed: 8 lm' });
    }));

  it('avoid in later rounds what judges refused in earlier ones, resume to the same bytes, and verify compares the marks', () =>
    withModel(async (folder, run) => {
      const job = {
        guidance: [{ guide: 'mood' }],
        accept: [{ judge: 'mood' }],
        targets: [{}, {}, {}, {}],
        tries: 4,
        avoid: true,
      };
      const { certificate } = await run(folder, 'once', job, {}, [guidesWithMood, { ...judging, judges: [mood] }]);
      const { avoided, texts } = certificate;
      expect(avoided!.judges).to.deep.equal(['mood']);
      expect(avoided!.words).to.be.above(0);
      expect(texts.rounds).to.be.above(1);
      const first = await lines<SampleLine>(join(folder, 'once/rounds/1/0/samples.jsonl'));
      const found = new Set(first.flatMap(({ tokens }) => tokens).filter((word) => GLOOMY.test(word)));
      expect(found).not.to.have.lengthOf(0);
      const later = await lines<SampleLine>(join(folder, 'once/rounds/2/0/samples.jsonl'));
      const avoidable = later.flatMap(({ tokens }) => tokens.slice(0, 6)); // a seventh word is one that no whole text has
      expect(avoidable.filter((word) => found.has(word))).to.deep.equal([]);
      const accepted = await lines<AcceptedText>(join(folder, 'once/accepted.jsonl'));
      accepted.forEach(({ target }) => expect(target).to.deep.equal({}));

      await stopped(folder, job, [2], [guidesWithMood, { ...judging, judges: [mood] }]);

      const again = () => verify(join(folder, 'once'), guidesWithMood, { ...judging, judges: [mood] });
      expect((await again()).differs).to.equal(undefined);
      const scores = join(folder, 'once/rounds/1/0/scores.jsonl');
      await writeFile(scores, (await readFile(scores, 'utf8')).replace(/"start":\d+/, '"start":99'));
      expect((await again()).differs).to.include({ file: scores, what: 'marks of mood' });
    }));

  it('start from the best refused candidate of a hard target and change some words, resume to the same bytes, and are verified', () =>
    withModel(async (folder, run) => {
      const job = { guidance: [{ guide: 'mood' }], accept: [{ judge: 'mood' }], targets: [{ a: 1 }, { a: 2 }], tries: 16, perTarget: 1, improve: true }; // prettier-ignore
      const by: [Registry, CertifyJudging] = [guidesWithMood, { ...judging, judges: [gloomy] }];
      const { certificate } = await run(folder, 'once', job, {}, by);
      const improving = certificate.batches.filter(({ improves }) => improves);
      expect(improving).not.to.have.lengthOf(0);
      expect(improving.every(({ folder: name }) => Number.parseInt(name) > 3)).to.equal(true);
      expect(certificate.improved!.candidates).to.equal(improving.reduce((sum, { targets, texts }) => sum + targets * texts, 0));
      const first = await lines<SampleLine>(join(folder, `once/rounds/${improving[0]!.folder}/samples.jsonl`));
      expect(first).to.have.lengthOf(improving[0]!.targets * improving[0]!.texts);
      for (const { target, tokens, edit } of first) {
        const { draft, change } = target as { draft: string[]; change: string[] };
        expect(draft.some((word) => GLOOMY.test(word))).to.equal(true);
        const changing = draft.filter((_, i) => change[i] !== '');
        expect(changing).to.have.length.within(1, 3);
        expect(
          changing.some((word) => GLOOMY.test(word)),
          'around a marked word',
        ).to.equal(true);
        draft.forEach((word, i) => change[i] !== '' && expect(tokens[i]).not.to.equal(word));
        expect(edit!.distance).to.be.above(0);
      }
      for (const { target } of await lines<AcceptedText>(join(folder, 'once/accepted.jsonl')))
        expect(Object.keys(target)).to.deep.equal(['a']);

      await stopped(folder, job, [5], by);

      const again = () => verify(join(folder, 'once'), by[0], by[1]);
      expect((await again()).differs).to.equal(undefined);
      const scores = join(folder, 'once/rounds/3/0/scores.jsonl');
      await writeFile(scores, (await readFile(scores, 'utf8')).replace(/"start":\d+/, '"start":99'));
      expect((await again()).differs).to.include({ file: scores, what: 'marks of mood' });
      const wrong = { ...job, edit: { text: 'The pond' } };
      expect(await errorOf(run(folder, 'never', wrong, {}, by))).to.contain('/improve: starts from candidates, and `edit`');
      const alone = { ...job, decode: { name: 'argmax' }, attempts: 4 };
      expect(await errorOf(run(folder, 'never', alone, {}, by))).to.contain('/attempts: expected 1 in a run');
    }));

  it('are chosen, when improved, among attempts that change other words, by the models that found them', () =>
    withModel(async (folder, run) => {
      await writeDecoder(join(folder, 'decoder'));
      const decode = { name: 'joint', model: join(folder, 'decoder'), width: 3 };
      const job = { guidance: [{ guide: 'mood' }, { guide: 'length', length: 5 }], accept: [{ judge: 'mood' }, { judge: 'lm', most: 0.3 }], targets: [{ a: 1 }, { a: 2 }], tries: 10, perTarget: 1, improve: true, attempts: 3, decode }; // prettier-ignore
      const by: [Registry, CertifyJudging] = [guidesWithMood, { ...judging, judges: [gloomy] }];
      const { certificate } = await run(folder, 'once', job, {}, by);
      const improving = certificate.batches.filter(({ improves }) => improves);
      expect(improving).not.to.have.lengthOf(0);
      for (const { folder: name, targets, texts } of improving) {
        const chosen = await lines<SampleLine>(join(folder, `once/rounds/${name}/samples.jsonl`));
        const attempts = await lines<SampleLine>(join(folder, `once/rounds/${name}/attempts/samples.jsonl`));
        expect(chosen).to.have.lengthOf(targets * texts);
        expect(attempts).to.have.lengthOf(3 * chosen.length);
        expect(attempts).to.deep.include.members(chosen);
        const changes = new Set(attempts.slice(0, 3 * texts).map(({ target }) => String(target['change'])));
        expect(changes.size, 'each changes other words').to.be.above(1);
      }
      expect(certificate.improved!.candidates).to.equal(improving.reduce((sum, { targets, texts }) => sum + targets * texts, 0));

      await stopped(folder, job, [5], by);
      expect((await verify(join(folder, 'once'), by[0], by[1])).differs).to.equal(undefined);
    }));

  it('are chosen among attempts by a screen of other judges, which the certificate names', () =>
    withModel(async (folder, run) => {
      await writeDecoder(join(folder, 'decoder'));
      await writeDecoder(join(folder, 'screen/lm'));
      const decode = { name: 'joint', model: join(folder, 'decoder'), width: 3 };
      const job = { guidance: [{ guide: 'mood' }, { guide: 'length', length: 5 }], accept: [{ judge: 'mood' }, { judge: 'lm', most: 0.3 }], targets: [{ a: 1 }, { a: 2 }], tries: 8, perTarget: 1, improve: true, attempts: 3, decode, screen: join(folder, 'screen') }; // prettier-ignore
      const by: [Registry, CertifyJudging] = [guidesWithMood, { ...judging, judges: [gloomy] }];
      const { certificate } = await run(folder, 'once', job, {}, by);
      expect(Object.keys(certificate.hashes.screen!)).to.deep.equal(['lm']);
      const searched = certificate.batches.filter(({ attempts }) => attempts === 3);
      const isFromNoise = searched.map(({ improves }) => improves === undefined);
      expect(isFromNoise, 'edits and attempts from noise, in turn').to.deep.equal(isFromNoise.map((_, i) => i % 2 === 1));
      expect(isFromNoise).to.include.members([true, false]);
      for (const { folder: name, texts } of searched) {
        const attempts = join(folder, `once/rounds/${name}/attempts`);
        const costs = new Map<string, number>();
        for await (const { line, scores } of scoredTexts(join(attempts, 'samples.jsonl'), join(attempts, 'scores.jsonl')))
          costs.set(`${line.id} ${line.text}`, scores.fluency['lm']!.nats / scores.fluency['lm']!.tokens);
        const chosen = (await lines<SampleLine>(join(folder, `once/rounds/${name}/samples.jsonl`))).slice(0, texts);
        const costsOf = (some: readonly SampleLine[]) => some.map(({ id, text }) => costs.get(`${id} ${text}`)!);
        const others = (await lines<SampleLine>(join(attempts, 'samples.jsonl'))).slice(0, 3 * texts).filter(({ text }) => !chosen.some((own) => own.text === text)); // prettier-ignore
        expect(Math.max(...costsOf(chosen))).to.be.at.most(Math.min(...costsOf(others), Infinity));
      }

      await stopped(folder, job, [5], by);
      expect((await verify(join(folder, 'once'), by[0], by[1])).differs).to.equal(undefined);

      const same = { ...judging, folders: { fluency: { lm: join(folder, 'screen/lm') } }, judges: [gloomy] };
      const refused = await errorOf(run(folder, 'never', { ...job, attempts: 1 }, {}, [guidesWithMood, same]));
      expect(refused).to.contain('/screen: chooses among attempts').and.contain('is the judge that accepts');
      const empty = await errorOf(run(folder, 'never', { ...job, screen: join(folder, 'decoder') }, {}, by));
      expect(empty).to.contain('/screen: expected judges of the conditions').and.contain('found none');
    }));

  it('are found, in turn with edits and attempts from noise, by a search of a language model that is no judge', () =>
    withModel(async (folder, run) => {
      await writeDecoder(join(folder, 'decoder'));
      await writeDecoder(join(folder, 'screen/lm'), { seed: 2 });
      await writeDecoder(join(folder, 'writer'), { seed: 3 });
      const decode = { name: 'joint', model: join(folder, 'decoder'), width: 3 };
      const search = { model: join(folder, 'writer'), width: 7 };
      const job = { guidance: [{ guide: 'mood' }, { guide: 'length', length: 5 }], accept: [{ judge: 'mood' }, { judge: 'lm', most: 0.3 }], targets: [{ a: 1 }, { a: 2 }], tries: 10, perTarget: 1, improve: true, attempts: 3, decode, screen: join(folder, 'screen'), search }; // prettier-ignore
      const by: [Registry, CertifyJudging] = [guidesWithMood, { ...judging, judges: [gloomy] }];
      const { certificate } = await run(folder, 'once', job, {}, by);
      expect(certificate.hashes.search).to.match(/^[0-9a-f]{64}$/);
      const hard = certificate.batches.filter(({ attempts }) => attempts !== undefined);
      const turns = hard.map(({ improves, searches }) => (improves ? 'refused' : searches ? 'search' : 'noise'));
      expect(turns).to.deep.equal(turns.map((_, i) => ['search', 'refused', 'noise'][i % 3]));
      expect(turns).to.include('search');
      const searched = hard.filter(({ searches }) => searches);
      expect(certificate.searched!.candidates).to.equal(searched.reduce((sum, { targets, texts }) => sum + targets * texts, 0));

      const writer = await languageFluency(search.model);
      for (const { folder: name, targets } of searched) {
        const attempts = await lines<SampleLine>(join(folder, `once/rounds/${name}/attempts/samples.jsonl`));
        expect(attempts).to.have.lengthOf(targets * 6); // two candidates, each of three attempts, are what seven beams have room for
        const ofOne = attempts.slice(0, 6);
        expect(new Set(ofOne.map(({ text }) => text)), 'other texts all').to.have.lengthOf(6);
        ofOne.forEach(({ tokens }) => expect(tokens).to.have.lengthOf(5));
        const costs = (await writer.nats(ofOne.map(({ tokens }) => tokens))).map(({ nats }) => nats);
        expect(Math.min(...costs), 'the most likely first').to.equal(costs[0]);
      }
      await writer.stop();

      await stopped(folder, job, [5], by);
      expect((await verify(join(folder, 'once'), by[0], by[1])).differs).to.equal(undefined);

      const same = { ...judging, folders: { fluency: { lm: search.model } }, judges: [gloomy] };
      const { screen: _, ...unscreened } = job;
      const refused = await errorOf(run(folder, 'never', unscreened, {}, [guidesWithMood, same]));
      expect(refused).to.contain('/search: finds attempts for hard targets').and.contain('writer is the judge that accepts');
      const steered = { ...job, guidance: [...job.guidance, { guide: 'infill', via: 'project', template: 'The _:4' }] };
      expect(await errorOf(run(folder, 'never', steered, {}, by))).to.contain('/search: cannot search: ');
      const nowhere = { ...job, search: { model: join(folder, 'nowhere') } };
      expect(await errorOf(run(folder, 'never', nowhere, {}, by))).to.contain('/search: cannot search: /method/model');
    }));

  it('are refused with every problem of their config at once, and in the folder of another run', () =>
    withModel(async (folder, run) => {
      const wrong = await errorOf(
        run(folder, 'never', {
          guidance: [{ guide: 'lenght', length: 3 }],
          accept: [{ judge: 'size' }, { judge: 'lm' }, { judge: 'lm', most: 1, least: 1 }],
          sampler: { steps: 4, seed: 3 },
        }),
      );
      expect(wrong).to.contain('no guide is named "lenght"');
      expect(wrong).to.contain('/accept/0/judge: expected a clause of `guidance` or a language model').and.contain('got "size"');
      expect(wrong).to.contain('/accept/1: "lm" gives nats per token; say how many a text may cost at `most`');
      expect(wrong).to.contain('/accept/2: "lm" gives nats per token, which `most` bounds');
      expect(wrong)
        .to.contain('/accept: has two conditions on lm')
        .and.contain('/sampler/seed: every round has noise of its own');
      await run(folder, 'run', { perTarget: 1 });
      expect(await errorOf(run(folder, 'run', { perTarget: 1, tries: 9 }))).to.contain('/config/tries: differs');
    }));
});
