import { expect } from 'chai';
import type { InputError } from '../../lib/base/errors.js';
import { loadSlotJudge } from '../../lib/judges/controls/slot-judge.js';
import { languageFluency } from '../../lib/judges/fluency/language-fluency.js';
import { bracketKey } from '../../lib/judges/parsers/bracket-match.js';
import { chooseParser } from '../../lib/judges/parsers/choose-parser.js';
import { type StoppableParser } from '../../lib/judges/parsers/parser.js';
import { loadShippedParser } from '../../lib/judges/parsers/shipped-parser.js';
import { hashOf } from '../../lib/model/checkpoint/checkpoint.js';
import { splitWords } from '../../lib/text/split-words.js';

const FOLDER = 'models/judges/parser';
const words = (text: string): string[] => text.split(' ');

describe('the embedded parser in the package', function () {
  this.timeout(30_000);

  let parser: StoppableParser;
  before(async () => {
    parser = await loadShippedParser(FOLDER);
  });
  after(() => parser.stop());

  it('reports its accuracy with its name', () => {
    expect(parser.name).to.match(/^embedded parser \(F1 9[0-9]\.\d % on valid-parses\.jsonl\)$/);
  });

  it('parses a sentence as the Penn Treebank would', async () => {
    const [parse] = await parser.parse([words('The Old Oak is a cheap pub near the station .')]);
    expect(parse!.tags.join(' ')).to.equal('DT NNP NNP VBZ DT JJ NN IN DT NN .');
    expect(parse!.nodes.map(bracketKey)).to.deep.equal([
      'S 0 11',
      'NP 0 3',
      'VP 3 10',
      'NP 4 10',
      'NP 4 7',
      'PP 7 10',
      'NP 8 10',
    ]);
  });

  it('gives a tree to each sentence of a text of any length, and none to texts without words', async () => {
    const long = Array.from({ length: 400 }, () => 'pub');
    const [two, none, endless] = await parser.parse([words('It is cheap . It serves fish .'), [], long]);
    expect(two!.nodes.filter(({ label }) => label === 'S').map(bracketKey)).to.deep.equal(['S 0 4', 'S 4 8']);
    expect(none).to.deep.equal({ tags: [], nodes: [] });
    expect(endless!.tags).to.have.length(400);
  });

  it('gives a text the same parse in any batch', async () => {
    const text = words('A pub called The Mill serves good food .');
    const [alone] = await parser.parse([text]);
    const among = await parser.parse([...Array.from({ length: 40 }, (_, i) => text.slice(0, 2 + (i % 5))), text]);
    expect(among.at(-1)).to.deep.equal(alone);
  });

  it('is chosen if CoreNLP is missing, and on request', async () => {
    const places = { coreNlp: 'test/fixtures/no-jars', embedded: FOLDER };
    for (const choice of ['auto', 'embedded'] as const)
      expect((await chooseParser(choice, places)).name).to.match(/^embedded parser/);
    expect((await chooseParser('auto', { ...places, coreNlp: 'http://127.0.0.1:1' })).name).to.equal('Stanford CoreNLP');
    const none = await chooseParser('auto', { ...places, embedded: 'nowhere' });
    const error: unknown = await none.parse([['A', 'pub']]).catch((thrown: unknown) => thrown);
    expect((error as Error).message).to.contain('nowhere no parser (`diffusteer train-judge`)');
  });

  it('is distinguished from the model of another judge', async () => {
    const error: unknown = await loadShippedParser('models/judges/slots').catch((thrown: unknown) => thrown);
    expect((error as InputError).problems.map(({ path }) => path)).to.include('/judge');
  });
});

describe('the slot classifier in the package', function () {
  this.timeout(30_000);

  it('gives the values that a text states, and leaves out slots that it does not mention', async () => {
    const classifier = await loadSlotJudge('models/judges/slots');
    const [full, little] = await classifier.classify([
      splitWords(
        'The Mill is a cheap coffee shop by the river near Burger King. It serves Italian food and is not for families.',
      ),
      splitWords('The Mill is a coffee shop.'),
    ]);
    await classifier.stop();
    expect(Object.fromEntries(full!)).to.include({
      name: 'The Mill',
      near: 'Burger King',
      eatType: 'coffee shop',
      food: 'Italian',
      area: 'riverside',
      familyFriendly: 'no',
    });
    expect([...little!.keys()])
      .to.include.members(['name', 'eatType'])
      .and.not.include('food');
  });
});

describe('the screens in the package', function () {
  this.timeout(30_000);

  it('have other weights than the judges that accept', async () => {
    const folders = ['judges/lm', 'judges/parser', 'screens/lm', 'screens/parser', 'screens/writer'];
    const hashes = await Promise.all(folders.map((folder) => hashOf(`models/${folder}/model.safetensors`)));
    hashes.forEach((hash) => expect(hash).to.match(/^[0-9a-f]{64}$/));
    expect(new Set(hashes)).to.have.lengthOf(folders.length);
  });

  it('parse, and find a sentence of their kind likelier than its words in another order', async () => {
    const [parser, lm] = await Promise.all([loadShippedParser('models/screens/parser'), languageFluency('models/screens/lm')]);
    const [parse] = await parser.parse([words('The Old Oak is a cheap pub near the station .')]);
    expect(parse!.nodes.map(bracketKey)).to.include.members(['S 0 11', 'NP 0 3', 'VP 3 10', 'PP 7 10']);
    const [said, shuffled] = await lm.nats([
      words('Near the river , a cheap pub called The Mill serves good Italian food .'),
      words('good the near Mill a called , food pub . Italian serves river cheap The Near'),
    ]);
    expect(said!.nats).to.be.below(shuffled!.nats / 2);
    await Promise.all([parser.stop(), lm.stop()]);
  });
});
