import { expect } from 'chai';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { guidesWith } from '../../guidance/index.js';
import { checkConfig } from '../../lib/config/index.js';
import { generate } from '../../lib/generate/generate.js';
import { readTraces } from '../../lib/run/traces-file.js';
import type { GenerateEvent } from '../../lib/serve/api.js';
import { withFolder } from '../tiny-model.js';
import { eventsOf, guidance, problemsOf, stepsIn, textsIn, withEngine } from './with-engine.js';

describe('an engine', function () {
  this.timeout(60_000);

  it('makes the texts that generate makes of the plan, byte for byte, and reports the steps that a trace has', () =>
    withEngine(async (engine, request) => {
      const events = await eventsOf(engine, request({ samplesPerTarget: 6 }), { top: 3 });
      const [plan] = events;
      if (plan?.event !== 'plan') throw new Error('expected a plan first');
      expect(events.at(-1)).to.include({ event: 'done', texts: 6 });
      await generate(checkConfig('generate', { ...plan.config, output: 'out' }), guidesWith(), 'plan', { trace: 6 });
      const lines = (await readFile('out/samples.jsonl', 'utf8')).trimEnd().split('\n');
      expect(textsIn(events).map((line) => JSON.stringify(line))).to.deep.equal(lines);
      const traces = await readTraces('out');
      for (const { id, steps } of traces) {
        const reported = stepsIn(events).flatMap(({ step, texts }) =>
          texts.filter((text) => text.id === id).map((text) => ({ step, ...text })),
        );
        expect(reported.map(({ step }) => step)).to.deep.equal(steps.map(({ step }) => step));
        reported.forEach(({ words, guides }, s) => {
          expect(words.map(({ word }) => word)).to.deep.equal(steps[s]!.tokens);
          expect(words.map(({ entropy }) => entropy)).to.deep.equal(steps[s]!.entropy);
          expect(guides).to.deep.equal(steps[s]!.guides);
        });
      }
    }));

  it('reports the steps of the candidate that became the text, as a trace has them', () =>
    withEngine(async (engine, request) => {
      const changes = { samplesPerTarget: 4, batchSize: 8, decode: { name: 'mbr', candidates: 4 } };
      const events = await eventsOf(engine, request(changes));
      const [plan] = events;
      if (plan?.event !== 'plan') throw new Error('expected a plan first');
      expect(plan.candidates).to.equal(4);
      await generate(checkConfig('generate', { ...plan.config, output: 'out' }), guidesWith(), 'plan', { trace: 4 });
      const traces = await readTraces('out');
      const chosen = events.flatMap((event) => (event.event === 'text' ? [{ id: event.line.id, ...event.chosen! }] : []));
      expect(new Set(chosen.map(({ candidate }) => candidate)).size, 'of several candidates').to.be.above(1);
      for (const { id, candidate, of } of chosen) {
        expect(of).to.equal(4);
        const reported = stepsIn(events).flatMap(({ texts }) => texts.filter((one) => one.id === id));
        expect(reported[0]!.candidate, 'the first one while candidates are sampled').to.equal(0);
        const own = reported.filter((one) => one.candidate === candidate);
        const { steps } = traces.find((trace) => trace.id === id)!;
        expect(own.map(({ words }) => words.map(({ word }) => word))).to.deep.equal(steps.map(({ tokens }) => tokens));
      }
      const silent = await eventsOf(engine, request(changes), { every: 0 });
      expect(stepsIn(silent), 'no work for steps that nobody wants').to.deep.equal([]);
      expect(textsIn(silent)).to.deep.equal(textsIn(events));
    }));

  it('says of each probable word how probable it is and what each clause adds', () =>
    withEngine(async (engine, request) => {
      const only = [{ guide: 'words', at: [{ position: 1, word: 'pond' }] }];
      const events = await eventsOf(engine, request({ guidance: only }), { top: 4 });
      for (const { texts } of stepsIn(events)) {
        const { words } = texts[0]!;
        for (const { top } of words) {
          const probabilities = top.map(({ probability }) => probability);
          expect(probabilities).to.deep.equal([...probabilities].sort((a, b) => b - a));
          expect(top.length).to.be.within(1, 4);
        }
        const [pond] = words[1]!.top;
        expect(pond).to.include({ word: 'pond', probability: 1 });
        expect(words[1]!.top).to.have.length(1);
        expect(pond!.added['words']).to.be.closeTo(-Math.log(pond!.unguided), 0.02);
      }
    }));

  it('reports every n-th step and the last one, or none', () =>
    withEngine(async (engine, request) => {
      expect(stepsIn(await eventsOf(engine, request(), { every: 4, top: 0 })).map(({ step }) => step)).to.deep.equal([0, 4, 5]);
      expect(stepsIn(await eventsOf(engine, request(), { every: 0 }))).to.deep.equal([]);
    }));

  it('fills batches with the texts of requests that agree, and changes none of them', () =>
    withEngine(async (engine, request) => {
      const requests = [1, 2, 3, 4, 5, 6].map((seed) =>
        request({ seed, samplesPerTarget: 3, guidance: seed % 2 ? guidance : [{ guide: 'length', length: seed }] }),
      );
      const alone = [];
      for (const one of requests) alone.push(textsIn(await eventsOf(engine, one, { every: 0 })));
      const together = await Promise.all(requests.map((one) => eventsOf(engine, one, { every: 0 })));
      expect(together.map(textsIn)).to.deep.equal(alone);
    }));

  it('reports every problem at once, with the paths of the request', () =>
    withEngine(async (engine, request) => {
      const problems = await problemsOf(
        engine,
        request({
          seed: -1,
          guidance: [
            { guide: 'lenght', length: 3 },
            { guide: 'length', length: 99 },
          ],
        }),
      );
      expect(problems.map((line) => line.split(':')[0])).to.deep.equal(['/seed', '/guidance/0/guide', '/guidance/1/length']);
      expect(await problemsOf(engine, [])).to.have.length(1);
      expect(await problemsOf(engine, request({ method: { name: 'beam' } }))).to.match(/^\/method: expected none/);
      expect(await problemsOf(engine, request({ samplesPerTarget: 1000 }))).to.match(/^\/samplesPerTarget: expected at most 256/);
    }));

  it('looks at no file outside the working folder and the package, and names no path of the machine', () =>
    withFolder((outside) =>
      withEngine(async (engine, request, folder) => {
        await writeFile(join(outside, 'targets.jsonl'), '{}\n');
        await symlink(outside, join(folder, 'link'));
        const names = [join(outside, 'targets.jsonl'), relative(folder, join(outside, 'targets.jsonl')), 'link/targets.jsonl'];
        for (const targets of names)
          expect((await problemsOf(engine, request({ targets })))[0]).to.match(/^\/targets: expected a path inside/);
        expect((await problemsOf(engine, request({ model: '/etc' })))[0]).to.match(/^\/model: expected a path inside/);
        const reward = { guide: 'reward', module: { from: 'file' } };
        const files = await problemsOf(engine, request({ guidance: [{ any: [reward] }], targets: [{ file: '/etc/passwd' }] }));
        expect(files[0]).to.match(/^\/guidance\/0\/any\/0\/module: expected a path inside/);
        const missing = await problemsOf(engine, request({ model: 'nothing' }));
        expect(missing.join()).to.not.contain(folder);
      }),
    ));

  it('ends the work of a run within a step of its reader leaving, and goes on with others', () =>
    withEngine(async (engine, request) => {
      const long = request({ sampler: { steps: 2000 }, samplesPerTarget: 2 });
      const run = await engine.run(long);
      for await (const event of run.events()) if (event.event === 'step' && event.step >= 3) break;
      const stop = new AbortController();
      const other = await engine.run(long, { signal: stop.signal });
      const last: GenerateEvent[] = [];
      for await (const event of other.events()) {
        if (event.event === 'step' && event.step === 3) stop.abort();
        last.push(event);
      }
      expect(last.at(-1)).to.deep.equal({ event: 'error', message: 'the run was stopped' });
      expect(stepsIn(last).at(-1)!.step).to.be.at.most(4);
      expect((await eventsOf(engine, request())).at(-1)!.event).to.equal('done');
      expect(engine.status()).to.include({ waiting: 0, running: 0 });
    }));
});
