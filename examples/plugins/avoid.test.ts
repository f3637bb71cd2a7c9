import { guideContract } from 'diffusteer/contract';
import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import guide, { judge } from './avoid.js';

for (const { name, run } of guideContract(guide)) test(name, run);

test('the judge counts the words that the text contains', async () => {
  const [half] = await judge.score([['a', 'cheap', 'pub']], [{ words: ['cheap', 'dear'] }]);
  equal(half?.value, 0.5);
});

test('a word that the model does not know is refused', () => {
  const vocabulary = { size: 4, tokens: [], pad: 0, unk: 1, start: 2, end: 3, id: () => undefined };
  const model = {
    maxTokens: 8,
    embeddingWidth: 4,
    vocabulary,
    wordLevel: true,
    split: (text: string) => text.split(' '),
    detokenize: (tokens: readonly string[]) => tokens.join(' '),
    interpolates: true,
  };
  deepEqual(
    guide.check({ words: ['cheap'] }, { model, via: 'posterior', classes: [] }).map(({ path }) => path),
    ['/words/0'],
  );
});
