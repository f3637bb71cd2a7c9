import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { classifierObstacle, loadTextClassifier } from '../../lib/model/external/onnx-text-classifier.js';
import { errorOf } from '../text/helpers.js';
import { writeTinyClassifier } from '../tiny-classifier.js';
import { withFolder } from '../tiny-model.js';

const votes = { otter: [3, 0, 0], river: [1, 0, 2], pub: [0, 4, 0] };
const labels = ['WILD', 'TOWN', 'WATER'];

/** Returns the log softmax of scores at an index. */
const logSoftmax = (scores: readonly number[], at: number) =>
  scores[at]! - Math.log(scores.reduce((sum, score) => sum + Math.exp(score), 0));

describe('a text classifier', function () {
  this.timeout(20_000); // loads transformers.js

  it('gives the log-probability of a label, for texts of several lengths at once', () =>
    withFolder(async (folder) => {
      await writeTinyClassifier(folder, labels, votes);
      const texts = ['The otter is near the river.', 'the pub', '', 'pub pub pub otter'];
      const scores = [[4, 0, 2], [0, 4, 0], [0, 0, 0], [3, 12, 0]]; // prettier-ignore
      for (const [at, label] of labels.entries()) {
        const found = await (await loadTextClassifier(folder, label)).logProb(texts);
        found.forEach((value, i) => expect(value, `${label}: ${texts[i]}`).to.be.closeTo(logSoftmax(scores[i]!, at), 1e-5));
      }
    }));

  it('with independent labels gives each its own probability', () =>
    withFolder(async (folder) => {
      await writeTinyClassifier(folder, labels, votes);
      const config = {
        model_type: 'bert',
        id2label: { 0: 'WILD', 1: 'TOWN', 2: 'WATER' },
        problem_type: 'multi_label_classification',
      };
      await writeFile(join(folder, 'config.json'), JSON.stringify(config));
      const [found] = await (await loadTextClassifier(folder, 'WATER')).logProb(['river otter']);
      expect(found).to.be.closeTo(-Math.log(1 + Math.exp(-2)), 1e-5);
    }));

  it('without a file or the label is refused by name, and so is a broken one', () =>
    withFolder(async (folder) => {
      expect(classifierObstacle(folder, 'WILD')).to.contain('lacks config.json, tokenizer.json, tokenizer_config.json, onnx');
      await writeTinyClassifier(folder, labels, votes);
      expect(classifierObstacle(folder, 'WILD')).to.equal(undefined);
      expect(classifierObstacle(folder, 'WILT')).to.contain('no label "WILT", did you mean "WILD"? (it has WILD, TOWN, WATER)');
      await writeFile(join(folder, 'tokenizer_config.json'), '{"tokenizer_class":"BertTokenizer"}');
      expect(await errorOf(loadTextClassifier(folder, 'WILD'))).to.contain('tokenizer_config.json: expected "pad_token"');
      await writeFile(join(folder, 'onnx/model.onnx'), 'no model');
      expect(await errorOf(loadTextClassifier(folder, 'WILD'))).to.contain(`${folder}: transformers.js cannot load`);
      await writeFile(join(folder, 'config.json'), '{');
      expect(classifierObstacle(folder, 'WILD')).to.contain('config.json is not JSON');
      await rm(join(folder, 'tokenizer.json'));
      expect(classifierObstacle(folder, 'WILD')).to.contain('lacks tokenizer.json');
    }));
});
