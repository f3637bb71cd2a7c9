import { expect } from 'chai';
import { builtInGuides } from '../../guidance/index.js';
import { checkConfig } from '../../lib/config/index.js';
import { checkRun } from '../../lib/plan/prepare.js';
import { examplesFor, openingExample } from '../../studio/src/compose/examples.js';

describe('examples of the studio', function () {
  this.timeout(60_000);

  for (const model of ['models/english', 'models/e2e', 'models/utterances'])
    it(`are configs that ${model} runs`, async () => {
      const examples = examplesFor(model);
      expect(examples).to.have.length.above(1);
      for (const { name, config } of examples) await checkRun(checkConfig('generate', config), builtInGuides, name);
    });

  it('begin with everyday English, and name no word for a model that nobody knows', () => {
    expect(openingExample()).to.include({ model: 'models/english' });
    for (const { config } of examplesFor('models/mine'))
      expect(JSON.stringify(config['guidance'])).to.match(/^\[(\{"guide":"length".*)?\]$/);
  });
});
