import { expect } from 'chai';
import { replayFrames, replayLines } from '../../lib/report/replay.js';
import type { Trace } from '../../lib/run/trace.js';

const trace: Trace = {
  id: '2-1',
  sample: 1,
  steps: Array.from({ length: 20 }, (_, step) => ({
    step,
    time: 1 - step / 20,
    tokens: step < 10 ? ['The', 'old', 'pond'] : ['The', 'quiet', 'heron', 'sleeps', 'by', 'the', 'pond', '.'],
    entropy: step < 10 ? [0.1, 1, 2.5] : [0, 0, 0, 0, 0, 0, 0, 0],
    guides: { pos: -20 + step, length: step < 10 ? null : 0 },
  })),
};

const width = 30;
const plain = (line: string) => line.replace(/\u001b\[\d+m/g, '');

describe('a replay', () => {
  it('draws frames of equal height that fit the terminal', () => {
    const frames = replayFrames(trace, { width, colour: true });
    expect(frames).to.have.length(20);
    expect(new Set(frames.map((lines) => lines.length)).size).to.equal(1);
    for (const line of frames.flat()) expect(plain(line).length).to.be.at.most(width);
    expect(frames[12]!.join('\n')).to.contain('The quiet heron sleeps by the').and.contain('\npond .');
  });

  it('dims words by their entropy, and shows dots for the most uncertain ones', () => {
    const [first] = replayFrames(trace, { width, colour: true });
    expect(first![2]).to.equal('The \u001b[2mold\u001b[22m \u001b[2m····\u001b[22m');
    const [bare] = replayFrames(trace, { width, colour: false });
    expect(bare![2]).to.equal('The old ····');
  });

  it('shows guides as bars that fill up, empty without a log-probability', () => {
    const frames = replayFrames(trace, { width: 80, colour: false });
    const filled = (line: string) => [...line].filter((sign) => sign === '█').length;
    const [pos, length] = [0, 1].map((i) => frames.map((lines) => lines.at(i - 2)!));
    expect(pos!.map(filled)).to.deep.equal([...pos!.map(filled)].sort((a, b) => a - b));
    expect([filled(pos![0]!), filled(length![0]!), filled(length![19]!)]).to.deep.equal([0, 0, 16]);
    expect(length![0]).to.contain('none');
    expect(pos![19]).to.contain('-1.00 nats');
  });

  it('is a few plain lines without a terminal, from the first step to the last', () => {
    const lines = replayLines(trace);
    expect(lines[0]).to.contain('2-1: 20 reverse steps');
    expect(lines).to.have.length(11);
    expect(lines[1])
      .to.match(/^ 1 .*noise 1\.00.*pos -20\.00 nats.*length none/)
      .and.contain('The old ····');
    expect(lines.at(-1)).to.match(/^20 /).and.contain('The quiet heron sleeps by the pond .');
    expect(lines.join('\n')).to.not.match(/\p{Cc}(?<!\n)/u);
  });

  it('removes control characters from texts', () => {
    const hostile: Trace = {
      id: '0-0',
      sample: 0,
      steps: [{ ...trace.steps[19]!, tokens: ['\u001b[2J', 'a\nb'], entropy: [0, 0] }],
    };
    const shown = [...replayFrames(hostile, { width, colour: false }).flat(), ...replayLines(hostile)].join('');
    expect(shown).to.not.contain('\u001b').and.not.match(/a\nb/);
  });
});
