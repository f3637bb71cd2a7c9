import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { compareRuns } from '../../../lib/report/compare/comparison.js';
import { panelsOf, writeTradeoffs } from '../../../lib/report/compare/tradeoff-chart.js';
import { withFolder } from '../../tiny-model.js';
import { fakeMetrics } from './fake-metrics.js';

describe('the chart of success against fluency', function () {
  this.timeout(20_000); // vega is loaded

  it('has a panel per guide and a label per run, and connects the front', () =>
    withFolder(async (folder) => {
      const runs = [
        { name: 'alpha', metrics: fakeMetrics({ pos: 0.8, length: 1 }, { lm: 2 }, { secondsPerText: 0.5 }) },
        { name: 'beta', metrics: fakeMetrics({ pos: 0.9, length: 0.9 }, { lm: 3 }, { secondsPerText: 2 }) },
      ];
      const path = join(folder, 'front.svg');
      expect(await writeTradeoffs(path, panelsOf(compareRuns(runs)), 'lm')).to.equal(true);
      const svg = await readFile(path, 'utf8');
      for (const text of ['pos', 'length', '1 alpha', '2 beta', 'seconds per text', 'nats per token (lm), less is more fluent'])
        expect(svg).to.contain(`>${text}</text>`);
      expect(svg.match(/aria-roledescription="text mark"/g), 'one label per point').to.have.length(4);
      // alpha and beta are both on the front of pos; beta is beaten in length.
      expect(svg.match(/<path aria-label="[^"]*" role="graphics-symbol" aria-roledescription="line mark"/g)).to.have.length(2);
    }));

  it('is not written if there is nothing to draw', () =>
    withFolder(async (folder) => {
      const path = join(folder, 'front.svg');
      expect(await writeTradeoffs(path, panelsOf(compareRuns([{ name: 'a', failure: 'x' }])))).to.equal(false);
      expect(await readFile(path).catch(() => 'none')).to.equal('none');
    }));
});
