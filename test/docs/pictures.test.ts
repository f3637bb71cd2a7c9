import { expect } from 'chai';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Trace } from '../../lib/run/trace.js';
import { framesOf, wordRuns } from '../../scripts/dev/drawing/noise-frames.js';
import { drawNoise } from '../../scripts/dev/drawing/noise-svg.js';
import { floorsOf, readRoomGraph, reduced, type RoomGraph } from '../../scripts/dev/drawing/room-graph.js';
import { BOX, layOut, type Layout } from '../../scripts/dev/drawing/room-layout.js';
import { COLUMNS, drawRooms } from '../../scripts/dev/drawing/rooms-svg.js';

const graphOf = (imports: Record<string, string[]>): RoomGraph =>
  new Map(Object.entries(imports).map(([room, imported]) => [room, new Set(imported)]));

describe('docs/architecture.svg', function () {
  this.timeout(60_000); // the layout is a search

  let graph: RoomGraph;
  let layout: Layout;
  before(() => {
    graph = reduced(readRoomGraph());
    layout = layOut(graph, COLUMNS);
  });

  it('shows the current imports', async () => {
    const isToday = drawRooms(layout) === (await readFile('docs/architecture.svg', 'utf8'));
    expect(isToday, 'the imports have changed: run `npm run architecture` and look at the picture').to.equal(true);
  });

  it('and its page mention every folder of lib/', async () => {
    const rooms = readdirSync('lib', { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    const [picture, page] = await Promise.all(['svg', 'md'].map((type) => readFile(`docs/architecture.${type}`, 'utf8')));
    expect(rooms.filter((room) => !picture!.includes(`>${room}</text>`))).to.deep.equal([]);
    expect(rooms.filter((room) => !page!.includes(`| \`${room}\` |`))).to.deep.equal([]);
    const described = [...page!.matchAll(/^\| `(\w+)` \|/gm)].map(([, room]) => room!);
    expect(described.filter((room) => !rooms.includes(room))).to.deep.equal([]);
  });

  it('leaves out imports that follow from others, and keeps every path between rooms', () => {
    const small = graphOf({ base: [], text: ['base'], model: ['text', 'base'], run: ['model', 'base'], train: ['text'] });
    expect(reduced(small)).to.deep.equal(graphOf({ base: [], text: ['base'], model: ['text'], run: ['model'], train: ['text'] }));
    const waysOf = (imports: RoomGraph, room: string): string[] =>
      [...imports.get(room)!].flatMap((to) => [to, ...waysOf(imports, to)]);
    for (const [room, imports] of readRoomGraph()) expect(waysOf(graph, room), room).to.include.members([...imports]);
  });

  it('draws every arrow downwards, and no box over another or over a passing arrow', () => {
    const floors = floorsOf(graph);
    for (const [room, imports] of graph) for (const to of imports) expect(floors.get(room)).to.be.above(floors.get(to)!);
    const { spots, arrows } = layout;
    const taken = spots.flatMap(({ room, floor, column }) =>
      Array.from({ length: room === undefined ? 1 : BOX }, (_, i) => `${floor}/${column + i}`),
    );
    expect(new Set(taken).size).to.equal(taken.length);
    for (const arrow of arrows) arrow.slice(1).forEach((to, i) => expect(spots[to]!.floor).to.equal(spots[arrow[i]!]!.floor - 1));
  });
});

describe('docs/noise.svg', () => {
  const trace: Trace = {
    id: '0-0',
    sample: 0,
    steps: [
      ['a', 'pond', '.'],
      ['the', 'pond', '.'],
      ['the', 'heron', '.'],
    ].map((tokens, step) => ({ step, time: 1 - step / 3, tokens, entropy: tokens.map(() => 2 - step), guides: {} })),
  };

  it('is at most 300 KB, and is still for readers who prefer reduced motion', async () => {
    const picture = await readFile('docs/noise.svg', 'utf8');
    expect(picture.length).to.be.below(300 * 1024);
    expect(picture).to.contain('@media(prefers-reduced-motion:reduce)').and.to.contain('@media(prefers-color-scheme:dark)');
  });

  it('takes its frames from the first to the last step, each word as settled as its entropy', () => {
    const frames = framesOf(trace, ['DET', 'NOUN'], 3);
    expect(frames.map(({ words }) => words.map(({ word }) => word).join(' '))).to.deep.equal([
      'a pond .',
      'the pond .',
      'the heron .',
    ]);
    frames.forEach(({ words }, k) => expect(words[0]!.settled).to.be.closeTo((k + 1) / 3, 1e-9));
  });

  it('shows a word as long as it is at its position', () => {
    const runs = wordRuns(framesOf(trace, [], 3)).map(({ word, first, drawn }) => [word, first, drawn.length]);
    expect(runs).to.deep.equal([
      ['a', 0, 1],
      ['the', 1, 2],
      ['pond', 0, 2],
      ['heron', 2, 1],
      ['.', 0, 3],
    ]);
  });

  it('shows the final text without animation, and hides replaced words', () => {
    const picture = drawNoise([{ trace, tags: ['DET', 'NOUN', 'PUNCT'], isGiven: (position) => position === 2 }]);
    const classOf = (word: string) => new RegExp(`<text class="([^"]*)"[^>]*>${word}</text>`).exec(picture)![1]!.split(' ');
    for (const word of ['the', 'heron', '\\.']) expect(classOf(word), word).to.not.include('off');
    for (const word of ['a', 'pond']) expect(classOf(word), word).to.include('off');
    expect(classOf('\\.')).to.include('g');
    expect(classOf('heron')).to.not.include('g');
  });
});

describe('docs/studio/studio.svg', () => {
  it('is at most 1 MB, and is still for readers who prefer reduced motion', async () => {
    const picture = await readFile('docs/studio/studio.svg', 'utf8');
    expect(picture.length).to.be.below(1024 * 1024);
    expect(picture).to.contain('@media(prefers-reduced-motion:reduce)');
  });
});
