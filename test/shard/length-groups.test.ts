import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { guidesWith } from '../../guidance/index.js';
import { keyOf, seedOf, split } from '../../lib/base/random.js';
import { checkConfig } from '../../lib/config/index.js';
import { generate } from '../../lib/generate/generate.js';
import { forbidLonger, sequenceFactors } from '../../lib/guide/factors.js';
import { readTraces } from '../../lib/run/traces-file.js';
import { readSamples } from '../../lib/run/read-samples.js';
import { groupsByLength, hooksOfGroup, joinedByPlace } from '../../lib/shard/length-groups.js';
import type { MadeBatch } from '../../lib/shard/made-shard.js';
import type { ShardText } from '../../lib/shard/batch-texts.js';
import type { ShardContext } from '../../lib/shard/shard-context.js';
import { tinyConfig, vocabulary, withFolder, writeTinyModel } from '../tiny-model.js';

const MAX_TOKENS = 40;

const contextOf = (precision: 'int8' | 'float32'): ShardContext =>
  ({
    device: { name: 'onnx-cpu', precision },
    checkpoint: { config: { maxTokens: MAX_TOKENS }, tokenizer: { vocabulary } },
  }) as unknown as ShardContext;

/** Returns a text of at most so many words with as many candidates. */
function textOf(words: number, candidates: number, index: number): ShardText {
  const factors = sequenceFactors(MAX_TOKENS, vocabulary);
  forbidLonger(factors, words, vocabulary);
  const keys = Array.from({ length: candidates }, (_, candidate) => split(keyOf(index), 'candidate', candidate));
  return { keys, constraint: { factors, rewards: [] } } as unknown as ShardText;
}

const shape = fc.record({ words: fc.integer({ min: 1, max: MAX_TOKENS - 2 }), candidates: fc.integer({ min: 1, max: 11 }) });
const longestOf = (words: readonly number[]): number => Math.max(...words);

describe('texts of about one length', () => {
  it('are sampled together: each text in one group, and no group with more rows than eight or one text', () =>
    fc.assert(
      fc.property(fc.array(shape, { minLength: 1, maxLength: 40 }), (shapes) => {
        const texts = shapes.map(({ words, candidates }, i) => textOf(words, candidates, i));
        const groups = groupsByLength(contextOf('int8'), { texts, filler: [keyOf(1), keyOf(2)] });
        expect(groups.flatMap(({ places }) => places).sort((a, b) => a - b)).to.deep.equal([...texts.keys()]);
        for (const { batch, places } of groups) {
          expect(batch.texts.map(({ keys }) => keys)).to.deep.equal(places.map((place) => texts[place]!.keys));
          expect(places).to.deep.equal([...places].sort((a, b) => a - b));
          if (groups.length === 1) continue;
          const rows = batch.texts.reduce((sum, { keys }) => sum + keys.length, batch.filler.length);
          if (batch.texts.length > 1) expect(rows).to.equal(8);
          else expect(rows).to.equal(Math.max(8, batch.texts[0]!.keys.length));
        }
        const lengths = groups.map(({ places }) => places.map((place) => shapes[place]!.words)); // from short to long
        for (let i = 1; i < lengths.length; i++)
          expect(Math.min(...lengths[i]!)).to.be.above(longestOf(lengths[i - 1]!) - 8, 'of the same step at least');
      }),
      { numRuns: 100 },
    ));

  it('are not divided if a row must not depend on the others', () => {
    const texts = Array.from({ length: 30 }, (_, i) => textOf(1 + i, 1, i));
    expect(groupsByLength(contextOf('float32'), { texts, filler: [] })).to.have.length(1);
    expect(groupsByLength(contextOf('int8'), { texts, filler: [] })).to.have.length(4);
  });

  it('come back in the order of the batch, with their traces and reports', async () => {
    const texts = [30, 5, 30, 5, 30, 5, 30, 5, 30, 5].map((words, i) => textOf(words, 1, i));
    const groups = groupsByLength(contextOf('int8'), { texts, filler: [] });
    const seen: number[] = [];
    const made = groups.map((group): MadeBatch => {
      const ids = group.batch.texts.map(({ keys }) => `${seedOf(keys[0]!)}`);
      const hooks = hooksOfGroup(
        group,
        { traced: 3, predictions: { wanted: (text) => text, onPredicted: (_, all) => seen.push(...all.keys()) } },
        [0, 1],
      );
      ids.forEach((_, text) => expect(hooks.predictions!.wanted(text, {} as never)).to.equal(group.places[text]));
      hooks.predictions!.onPredicted({} as never, new Map(ids.map((_, text) => [text, {} as never])));
      return {
        lines: ids.map((id) => ({ id }) as never),
        doubts: [...group.places],
        ids: group.places.map((place) => Int32Array.of(place)),
        traces: async () => ids.slice(0, hooks.traced).map((id) => ({ id }) as never),
      };
    });
    const whole = joinedByPlace(made, groups);
    const expected = texts.map(({ keys }) => `${seedOf(keys[0]!)}`);
    expect(whole.lines.map(({ id }) => id)).to.deep.equal(expected);
    expect(whole.doubts).to.deep.equal([...texts.keys()]);
    expect(whole.ids.map(([id]) => id)).to.deep.equal([...texts.keys()]);
    expect((await whole.traces()).map(({ id }) => id)).to.deep.equal(expected.slice(0, 3));
    expect(seen.sort((a, b) => a - b)).to.deep.equal([...texts.keys()]);
  });

  it('report progress that never falls', () => {
    const texts = Array.from({ length: 30 }, (_, i) => textOf(1 + i, 1, i));
    const groups = groupsByLength(contextOf('int8'), { texts, filler: [] });
    const seen: number[] = [];
    groups.forEach((group, i) => {
      const share = [i / groups.length, (i + 1) / groups.length] as const;
      const { onStep } = hooksOfGroup(group, { onStep: (done) => seen.push(done) }, share);
      for (let step = 1; step <= 8; step++) onStep!(step, 8);
    });
    expect(seen).to.deep.equal([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).to.equal(8);
  });

  it('obey a run in 8 bits as in any, with the same bytes every time and with traces', () =>
    withFolder(async (folder) => {
      await writeTinyModel(join(folder, 'model'), { ...tinyConfig, maxTokens: MAX_TOKENS });
      const counts = [3, 30, 12, 5, 33, 18, 2, 7, 21, 36];
      const run = async (name: string, trace: number): Promise<string> => {
        const config = checkConfig('generate', {
          model: join(folder, 'model'),
          output: join(folder, name),
          ...{ device: 'onnx-cpu', precision: 'int8', sampler: { steps: 4 } },
          guidance: [{ guide: 'length', length: { from: 'words' } }],
          targets: counts.map((words) => ({ words })),
        });
        await generate(config, guidesWith({ modules: folder }), 'run.json', { trace });
        return readFile(join(folder, name, 'samples.jsonl'), 'utf8');
      };
      const bytes = await run('plain', 0);
      expect(await run('traced', 4)).to.equal(bytes);
      const samples = await readSamples(join(folder, 'plain', 'samples.jsonl'));
      expect(samples.map(({ tokens }) => tokens.length)).to.deep.equal(counts);
      const traces = await readTraces(join(folder, 'traced'));
      traces.forEach(({ id, steps }, i) => {
        expect(id).to.equal(samples[i]!.id);
        expect(steps.at(-1)!.tokens).to.deep.equal(samples[i]!.tokens);
      });
      expect(traces).to.have.length(4);
    }));
});
