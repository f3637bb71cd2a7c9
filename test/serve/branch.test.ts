import { expect } from 'chai';
import { readFile, writeFile } from 'node:fs/promises';
import { guidesWith } from '../../guidance/index.js';
import { InputError, inputErrorOnly } from '../../lib/base/errors.js';
import { checkConfig } from '../../lib/config/index.js';
import { generate } from '../../lib/generate/generate.js';
import type { Engine } from '../../lib/serve/engine.js';
import { checkRun } from '../../lib/plan/prepare.js';
import { eventsOf, guidance, problemsOf, stepsIn, textsIn, withEngine } from './with-engine.js';

/** Makes the texts of a request, and those that `generate` makes of the config in its plan. @returns the lines of both */
async function madeTwice(engine: Engine, request: object): Promise<[served: string[], generated: string[]]> {
  const events = await eventsOf(engine, request, { every: 0 });
  const [plan] = events;
  if (plan?.event !== 'plan') throw new Error('expected a plan first');
  const output = `out-${outputs++}`;
  await generate(checkConfig('generate', { ...plan.config, output }), guidesWith({ modules: '.' }), 'plan');
  const written = (await readFile(`${output}/samples.jsonl`, 'utf8')).trimEnd().split('\n');
  return [textsIn(events).map((line) => JSON.stringify(line)), written];
}
let outputs = 0;

/** A clause about the word at a position. */
const wordAt = (position: number, word: string) => ({ guide: 'words', at: [{ position, word }] });

describe('a branch', function () {
  this.timeout(60_000);

  it('goes on from a step as if nothing had happened if a branch changes nothing, and obeys what it changes', () =>
    withEngine(async (engine, request) => {
      const of = request({ samplesPerTarget: 3, seed: 4 });
      const texts = textsIn(await eventsOf(engine, of));
      for (const step of [0, 2, 4]) {
        const same = await eventsOf(engine, { ...of, branch: { of, text: '0-1', step } });
        expect(textsIn(same)).to.deep.equal([texts[1]]);
        expect(stepsIn(same)[0]!.step).to.equal(step + 1);
      }
      const word = texts[1]!.tokens[1]!;
      const forbidden = {
        ...of,
        guidance: [...guidance, { not: { guide: 'words', at: [{ position: 1, word }] } }],
        branch: { of, text: '0-1', step: 2 },
      };
      const [other] = textsIn(await eventsOf(engine, forbidden));
      expect(other!.tokens[1]).to.not.equal(word);
      const again = { ...forbidden, branch: { of: forbidden, text: '0-1', step: 4 } };
      expect(textsIn(await eventsOf(engine, again)), 'a branch of a branch').to.deep.equal([other]);
    }));

  it('refuses branches that it cannot make', () =>
    withEngine(async (engine, request) => {
      const of = request();
      const branch = { of, text: '0-0', step: 2 };
      expect(await problemsOf(engine, { ...of, branch: { ...branch, text: '3-0', step: 5 } })).to.deep.equal([
        '/branch/text: expected one of 0-0, got "3-0"',
        '/branch/step: expected a step from 0 to 4, so that one is left, got 5',
      ]);
      const [levels] = await problemsOf(engine, { ...of, sampler: { steps: 9 }, branch });
      expect(levels).to.contain('/sampler: expected the name, steps, power and eta');
      const [inner] = await problemsOf(engine, { ...of, branch: { ...branch, of: { ...of, seed: 'x' } } });
      expect(inner).to.contain('/branch/of/seed: expected an integer');
    }));

  it('makes the text that generate makes of its config, byte for byte, whatever it changes', () =>
    withEngine(async (engine, request) => {
      const of = request({ samplesPerTarget: 6, seed: 7 });
      const texts = textsIn(await eventsOf(engine, of));
      const text = '0-4'; // of the second batch
      const branch = { of, text, step: 2 };
      const word = texts[4]!.tokens[1]!;
      const changes = {
        nothing: {},
        'a word kept': { guidance: [...guidance, wordAt(1, word)] },
        'a word forbidden': { guidance: [...guidance, { not: wordAt(1, word) }] },
        'a weight': { guidance: [{ ...guidance[0], weight: 0.2 }, guidance[1]] },
        'a seed and candidates': { seed: 8, decode: { name: 'mbr', candidates: 3 } },
      };
      for (const [what, change] of Object.entries(changes)) {
        const [served, generated] = await madeTwice(engine, { ...of, ...change, branch });
        expect(served, what).to.have.lengthOf(1);
        expect(generated, what).to.deep.equal(served);
        if (what === 'nothing') expect(served).to.deep.equal([JSON.stringify(texts[4])]);
      }
      const forbidden = { ...of, guidance: changes['a word forbidden'].guidance, branch };
      const [inner, again] = await madeTwice(engine, { ...of, seed: 3, branch: { of: forbidden, text, step: 4 } });
      expect(again, 'a branch of a branch').to.deep.equal(inner);
    }));

  it('does so if texts depend on their batch, in int8 and with particles', () =>
    withEngine(async (engine, request) => {
      await writeFile('rewards.mjs', 'export default (text) => -text.length;');
      const reward = { guide: 'reward', module: 'rewards.mjs' };
      const swarm = { particles: { count: 2, every: 2 }, guidance: [...guidance, reward] };
      for (const changes of [{ precision: 'int8' }, swarm]) {
        const of = request({ ...changes, samplesPerTarget: 6 });
        const first = { ...of, branch: { of, text: '0-5', step: 1 } };
        const [served, generated] = await madeTwice(engine, first);
        expect(generated).to.deep.equal(served);
        const second = { ...of, guidance: guidance.slice(1), branch: { of: first, text: '0-5', step: 3 } };
        const [inner, again] = await madeTwice(engine, second);
        expect(again).to.deep.equal(inner);
      }
    }));

  it('continues the candidate that was chosen', () =>
    withEngine(async (engine, request) => {
      const of = request({ samplesPerTarget: 3, seed: 4, decode: { name: 'mbr', candidates: 4 } });
      const events = await eventsOf(engine, of);
      const texts = textsIn(events);
      const chosen = events.flatMap((event) => (event.event === 'text' ? [[event.line.id, event.chosen!] as const] : []));
      const [text, { candidate }] = chosen.find(([, one]) => one.candidate > 0)!;
      const branched = { ...of, decode: { name: 'argmax' }, branch: { of, text, step: 3, candidate } };
      const [[same], generated] = await madeTwice(engine, branched);
      expect(same).to.equal(JSON.stringify(texts.find(({ id }) => id === text)));
      expect(generated).to.deep.equal([same]);
      const branch = { of, text, step: 3, candidate: 4 };
      expect(await problemsOf(engine, { ...of, branch })).to.deep.equal([
        '/branch/candidate: expected a candidate from 0 to 3, got 4',
      ]);
      const eight = { ...of, precision: 'int8' };
      const events8 = await eventsOf(engine, { ...eight, branch: { ...branch, of: eight, candidate: 2 } });
      expect(events8.at(-1)).to.include({ event: 'error' });
      expect(JSON.stringify(events8.at(-1))).to.contain('/branch/candidate: expected 0');
    }));

  it('is checked with the run that it departs from, by JSON path', () =>
    withEngine(async (_, request) => {
      const of = request({ samplesPerTarget: 2 });
      const problems = async (changes: object, origin: object = of, branch: object = {}) => {
        const config = { ...request(changes), output: 'out', branch: { of: origin, text: '0-1', step: 2, ...branch } };
        const found = await checkRun(checkConfig('generate', config), guidesWith(), 'config').catch(inputErrorOnly);
        return found instanceof InputError ? found.problems.map(({ path, message }) => `${path}: ${message}`) : [];
      };
      expect(await problems({ samplesPerTarget: 2 })).to.deep.equal([]);
      expect(await problems({})).to.deep.equal([
        '/branch/text: this config makes no text 0-1; keep the targets and samples of "of"',
      ]);
      expect(
        await problems({ samplesPerTarget: 2, precision: 'int8', sampler: { steps: 5 } }, of, { text: '1-0' }),
      ).to.deep.equal([
        '/branch/text: expected one of 0-0, 0-1, got "1-0"',
        '/sampler: expected the name, steps, power and eta of the run that the branch departs from',
        '/precision: expected the precision of the run that the branch departs from',
      ]);
      const wrong = { ...of, guidance: [{ guide: 'lenght' }], sampler: { steps: 0 } };
      expect((await problems({ seed: 5 }, wrong)).map((line) => line.split(':')[0])).to.deep.equal([
        '/branch/of/sampler/steps',
        '/branch/of/guidance/0/guide',
      ]);
      const nested = Array.from({ length: 40 }).reduce<object>((inner) => ({ ...of, branch: { of: inner, text: '0-0', step: 1 } }), of); // prettier-ignore
      expect(await problems({}, nested)).to.deep.equal(['/branch: expected at most 32 branches inside each other']);
    }));
});
