import { expect } from 'chai';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError, Interrupted } from '../../lib/base/errors.js';
import { checkConfig } from '../../lib/config/index.js';
import { loadSlotJudge } from '../../lib/judges/controls/slot-judge.js';
import { measureParser } from '../../lib/judges/parsers/parser-accuracy.js';
import { loadShippedParser } from '../../lib/judges/parsers/shipped-parser.js';
import { readParses } from '../../lib/text/parses.js';
import { type PennTree, readBracketing, tagsOfTrees } from '../../lib/text/penn-tree.js';
import { judgeTrainer, trainJudge } from '../../lib/train/judges/train-judge.js';

const TREES = [
  '(ROOT (S (NP (NNP Anna)) (VP (VBZ sings)) (. .)))',
  '(ROOT (S (NP (DT the) (NN dog)) (VP (VBZ sleeps)) (. .)))',
  '(ROOT (S (NP (NNP Anna)) (VP (VBZ sees) (NP (DT the) (NN dog))) (. .)))',
  '(ROOT (S (NP (NP (NNS dogs)) (PP (IN of) (NP (NNP Anna)))) (VP (VBP bark)) (. .)))',
  '(ROOT (S (S (VP (VBG Singing))) (VP (VBZ helps)) (. .)))',
];

const wordsOfTree = ({ word, children }: PennTree): string[] => (word === undefined ? children.flatMap(wordsOfTree) : [word]);

function parseOf(tree: string) {
  const trees = readBracketing(tree) as readonly PennTree[];
  const words = trees.flatMap(wordsOfTree);
  return { words, tags: tagsOfTrees(trees), upos: words.map(() => 'X'), tree };
}

const SAYINGS = [
  ['name[Birch], price[low]', 'Birch is cheap.'],
  ['name[Birch], price[high]', 'Birch is dear.'],
  ['name[Willow], price[low]', 'Willow is a cheap inn.'],
  ['name[Willow], price[high]', 'A dear inn is Willow.'],
  ['name[Willow]', 'Willow is an inn.'],
  ['name[Birch]', 'An inn is Birch.'],
];

describe('train-judge', function () {
  this.timeout(60_000);

  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'diffusteer-judge-'));
    const rows = TREES.map((tree, line) => JSON.stringify({ line, sentences: [parseOf(tree), parseOf(TREES[0]!)] }));
    await writeFile(join(folder, 'parses.jsonl'), `${rows.join('\n')}\n`);
    const csv = SAYINGS.map(([meaning, text]) => `"${meaning}",${text}`);
    await writeFile(join(folder, 'sayings.csv'), `mr,ref\n${csv.join('\n')}\n`);
  });
  after(() => rm(folder, { recursive: true }));

  const small = { vocabulary: { minCount: 1 }, maxTokens: 16, network: { layers: 1, width: 16, heads: 2 }, wordDropout: 0 };
  const config = (name: string, rest: object) =>
    checkConfig('train-judge', { ...small, output: join(folder, `${name}-run`), model: join(folder, name), ...rest });
  const optimizer = { steps: 120, batchSize: 8, peakLearningRate: 0.02, warmupSteps: 5, emaDecay: 0.8 };
  const parses = { judge: 'parser', parses: 'parses.jsonl', validationParses: 'parses.jsonl' };

  it('trains a parser to reproduce its training trees', async () => {
    const { folder: model, trained } = await trainJudge(config('parser', { ...parses, optimizer }), folder);
    expect(trained).to.equal(true);
    const parser = await loadShippedParser(model);
    const scores = await measureParser(parser, await readParses(join(folder, 'parses.jsonl')));
    await parser.stop();
    expect(scores).to.deep.equal({ f1: 1, evalb: 1, perText: 1, tags: 1 });
    expect(parser.name).to.equal('embedded parser (F1 100.0 % on parses.jsonl)');
  });

  it('resumes to the same weights', async () => {
    const short = { ...parses, optimizer: { ...optimizer, steps: 8 } };
    await trainJudge(config('whole', short), folder);
    const stop = new AbortController();
    const stopped: unknown = await trainJudge(config('parts', short), folder, {
      signal: stop.signal,
      onStep: ({ step }) => void (step === 3 && stop.abort()),
    }).catch((error: unknown) => error);
    expect(stopped).to.be.instanceOf(Interrupted);
    expect((await trainJudge(config('parts', short), folder)).trained).to.equal(true);
    const weights = (name: string) => readFile(join(folder, name, 'model.safetensors'));
    expect((await weights('parts')).equals(await weights('whole'))).to.equal(true);
    expect((await trainJudge(config('parts', short), folder)).trained).to.equal(false);
  });

  it('trains a classifier of stated and unmentioned slots', async () => {
    const corpus = { file: 'sayings.csv', validation: 'sayings.csv', column: 'ref' };
    const { folder: model } = await trainJudge(config('slots', { judge: 'slots', corpus, optimizer }), folder);
    const classifier = await loadSlotJudge(model);
    const stated = await classifier.classify([['Birch', 'is', 'dear', '.'], ['An', 'inn', 'is', 'Birch', '.'], []]);
    await classifier.stop();
    expect(stated.slice(0, 2).map((text) => Object.fromEntries(text))).to.deep.equal([
      { name: 'Birch', price: 'high' },
      { name: 'Birch' },
    ]);
  });

  it('names missing data in a config, and invalid rows', async () => {
    const noParses: unknown = await judgeTrainer(config('none', { judge: 'parser' }), 'my.json').catch((error: unknown) => error);
    expect(noParses).to.be.instanceOf(InputError);
    expect((noParses as InputError).message).to.equal('my.json: /parses: the judge "parser" is trained on parses; name the file');
    await writeFile(join(folder, 'bad.csv'), 'mr,ref\nname,Birch is an inn.\n');
    const corpus = { file: 'bad.csv', column: 'ref' };
    const bad: unknown = await trainJudge(config('bad', { judge: 'slots', corpus }), folder).catch((error: unknown) => error);
    expect((bad as InputError).message).to.contain('line 2: expected slot[value]');
  });
});
