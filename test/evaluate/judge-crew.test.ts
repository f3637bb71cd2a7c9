import { expect } from 'chai';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builtInGuides, guidesWith } from '../../guidance/index.js';
import { Interrupted } from '../../lib/base/errors.js';
import { mapInOrder } from '../../lib/base/map-in-order.js';
import { certify, verify } from '../../lib/certify/index.js';
import { checkConfig } from '../../lib/config/index.js';
import { evaluateRun } from '../../lib/evaluate/evaluate.js';
import { type JudgePool, openJudgePool } from '../../lib/evaluate/judge-crew.js';
import { sourceOf } from '../../lib/guide/registry.js';
import { type JudgeSetup, openJudges } from '../../lib/judges/open-judges.js';
import { saveLanguageModel } from '../../lib/model/causal/language-model-checkpoint.js';
import { loadPlugins } from '../../lib/plugins/load.js';
import { guideSource, writeFiles } from '../plugins/files.js';
import { freshCausalWeights, tinyCausalSize } from '../tiny-language-model.js';
import { tokenizer, withFolder, writeTinyModel } from '../tiny-model.js';
import { childrenOf } from '../workers/processes.js';

const judgesWith = (...fluency: string[]): JudgeSetup => ({
  ...{ parser: 'embedded', tagger: 'wink', fluency },
  locations: { coreNlp: '', embedded: 'models/judges/parser' },
});

/** Three chunks of 256 texts. */
const TEXTS = 700;

/** Writes a run whose guides are the length and one of a plugin. @param unknown number of texts from the second chunk whose words no model knows */
async function writeRun(folder: string, unknown = 0): Promise<void> {
  const guidance = [{ guide: 'length', length: 3 }, { guide: 'mood' }];
  const config = checkConfig('generate', { model: join(folder, '../model'), output: folder, guidance });
  const lines = Array.from({ length: TEXTS }, (_, i) => {
    const words = i >= 256 && i < 256 + unknown ? ['no', 'such', 'words', '.'] : ['A', 'heron', 'waits', '.'];
    const tokens = words.slice(i % 3);
    return JSON.stringify({ id: `${i}-0`, target: { ref: 'A heron' }, sample: 0, tokens, text: tokens.join(' '), guides: {}, seed: 1 }); // prettier-ignore
  });
  const made = { version: '0', device: 'onnx-cpu', threads: 1, model: { path: config.model, hash: '' }, texts: TEXTS };
  await writeFiles(folder, { 'run.json': JSON.stringify({ config, ...made }), 'samples.jsonl': `${lines.join('\n')}\n` });
}

/** Writes a plugin whose judge calls `first` with the texts, and then scores them by their first letter. */
const writePlugin = (folder: string, first: string): Promise<void> =>
  writeFiles(folder, {
    'plugins/mood.js': guideSource(
      { name: `'mood'`, options: 'Type.Object({})', example: '{}', create: `() => ({ via: 'posterior', factors: () => ({}) })` },
      `import { existsSync, writeFileSync } from 'node:fs';
      const first = ${first};
      export const judge = {
        name: 'mood',
        score: async (texts) => (first(texts), texts.map((words) => ({ value: words[0].startsWith('A') ? 1 : 0 }))),
      };`,
    ),
  });

describe('worker processes that judge', function () {
  this.timeout(60_000);

  /** Runs `use` with a model, a plugin and a way to evaluate runs with workers. */
  const withRuns = (first: string, use: (folder: string, evaluated: typeof evaluate) => Promise<void>): Promise<void> =>
    withFolder(async (folder) => {
      await writeTinyModel(join(folder, 'model'));
      await writePlugin(folder, first);
      const about = { format: 'diffusteer-language-model', version: 1, ...tinyCausalSize } as const;
      await saveLanguageModel(join(folder, 'lm'), { config: about, tokenizer, weights: freshCausalWeights() });
      await use(folder, evaluate);
    });

  async function evaluate(folder: string, name: string, workers: number, signal?: AbortController): Promise<string> {
    const { guides, judges: own } = await loadPlugins(join(folder, 'plugins'), guidesWith({ modules: undefined }));
    const judges = judgesWith(join(folder, 'lm'));
    const { stop, ...resources } = await openJudges(judges);
    const job = { guides: sourceOf(guides)!, judges, corpora: { corpus: join(folder, 'corpus.txt') }, threads: 1 };
    await writeFile(join(folder, 'corpus.txt'), 'a heron waits\nthe heron waits .\n');
    const pool = workers > 1 ? openJudgePool(job, { workers, signal: signal?.signal }) : undefined;
    const hooks = signal ? { signal: signal.signal, onProgress: () => signal.abort() } : {};
    try {
      await evaluateRun(join(folder, name), guides, { judges: own, ...resources, ...job.corpora, pool }, hooks);
    } finally {
      await Promise.all([pool?.close(), stop()]);
    }
    const files = ['scores.jsonl', 'scores.json', 'metrics.json'];
    return (await Promise.all(files.map((file) => readFile(join(folder, name, file), 'utf8')))).join('').replaceAll(name, '');
  }

  it('write the bytes of one process, also if a judge gives up in the middle', () =>
    withRuns('() => undefined', async (folder, evaluated) => {
      for (const name of ['alone', 'shared']) await writeRun(join(folder, name), 256);
      const alone = await evaluated(folder, 'alone', 1);
      expect(alone).to.match(/the language model .* does not know/);
      const scored = alone.match(/"lm":{"nats".*"referenceFluency":{.*"lm":{"nats"/g);
      expect(scored, 'texts before the language model gave up').to.have.length(256);
      expect(await evaluated(folder, 'shared', 2)).to.equal(alone);
      expect(await childrenOf(process.pid)).to.deep.equal([]);
    }));

  it('are replaced if they die, end with an interrupted evaluation, and resume to the same bytes, also from the middle', () =>
    withRuns(
      `() => {
        const file = new URL('./died.txt', import.meta.url);
        if (process.pid === ${process.pid} || existsSync(file)) return;
        writeFileSync(file, '');
        process.kill(process.pid, 'SIGKILL');
      }`,
      async (folder, evaluated) => {
        for (const name of ['alone', 'shared']) await writeRun(join(folder, name));
        const alone = await evaluated(folder, 'alone', 1);
        expect(alone.match(/"lm":{"nats".*"referenceFluency":{.*"lm":{"nats"/g)).to.have.length(TEXTS);
        const stopped = new AbortController();
        stopped.abort();
        const error = await evaluated(folder, 'shared', 2, stopped).catch((reason: unknown) => reason);
        expect(error).to.be.instanceOf(Interrupted);
        expect(String(error)).to.match(/stopped after 0 texts; the same command resumes/);
        expect(await childrenOf(process.pid)).to.deep.equal([]);
        expect(await evaluated(folder, 'shared', 2)).to.equal(alone);
        const scores = join(folder, 'shared/scores.jsonl');
        const bytes = await readFile(scores);
        await writeFile(scores, bytes.subarray(0, Math.floor(bytes.length / 2))); // killed while it wrote the second chunk
        expect(await evaluated(folder, 'shared', 2)).to.equal(alone);
        expect((await stat(join(folder, 'plugins/died.txt'))).isFile()).to.equal(true);
      },
    ));

  it('judge the candidates of a certified run, and verify it', () =>
    withFolder(async (folder) => {
      await writeTinyModel(join(folder, 'model'));
      const configOf = (name: string) =>
        checkConfig('certify', {
          ...{ model: join(folder, 'model'), output: join(folder, name), device: 'onnx-cpu', threads: 1, sampler: { steps: 4 } },
          ...{ guidance: [{ guide: 'length', length: 4 }], accept: [{ judge: 'length' }], targets: [{}] },
          ...{ perTarget: 3, tries: 4, distinct: { ngram: 2, overlap: 0.9 } },
        });
      const job = { guides: sourceOf(builtInGuides)!, judges: judgesWith(), corpora: {}, threads: 1 };
      const pool: JudgePool = openJudgePool(job, { workers: 2, fewest: 1 });
      const asked: string[] = [];
      const counted: JudgePool = { ...pool, score: (task) => (asked.push(task.folder), pool.score(task)) };
      try {
        const folders = { fluency: {} };
        const alone = await certify(configOf('alone'), builtInGuides, { folders }, 'certify.json');
        const shared = await certify(configOf('shared'), builtInGuides, { folders, pool: counted }, 'certify.json');
        expect(shared.certificate).to.deep.equal(alone.certificate);
        expect(asked).to.have.length(shared.certificate.texts.rounds);
        const { judged, differs } = await verify(shared.folder, builtInGuides, { folders, pool: counted });
        expect({ judged, differs }).to.deep.equal({ judged: alone.certificate.texts.candidates, differs: undefined });
        expect(asked).to.have.length(2 * shared.certificate.texts.rounds);
      } finally {
        await pool.close();
      }
    }));
});

describe('mapInOrder', () => {
  it('works on some items at the same time, gives their results in order, and an error after what was before it', async () => {
    async function* items() {
      for (let i = 0; i < 5; i++) yield await Promise.resolve(i);
      throw new Error('broken line');
    }
    let running = 0;
    let most = 0;
    const found: number[] = [];
    const slowFirst = async (i: number) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 10 - 2 * i));
      running--;
      return 10 * i;
    };
    const all = async () => {
      for await (const result of mapInOrder(items(), 3, slowFirst)) found.push(result);
    };
    const error: unknown = await all().catch((reason: unknown) => reason);
    expect(String(error)).to.equal('Error: broken line');
    expect(found).to.deep.equal([0, 10, 20, 30, 40]);
    expect(most).to.equal(3);
  });
});
