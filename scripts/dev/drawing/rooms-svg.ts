import { readRoomGraph, reduced } from './room-graph.js';
import { BOX, layOut, type Layout, middleOf, type Spot } from './room-layout.js';

/** Stage of the work, shown by the colour of a box. */
type Theme = 'base' | 'model' | 'make' | 'measure' | 'outside';

/** The job of each room in a few words, and its colour. */
const ROOMS: Readonly<Record<string, readonly [does: string, theme: Theme]>> = {
  base: ['errors, random keys', 'base'],
  engine: ['graphs and devices', 'base'],
  config: ['schemas and checks', 'base'],
  text: ['tokenizers and corpora', 'base'],
  automaton: ['texts as automata', 'base'],
  model: ['networks, checkpoints', 'model'],
  diffusion: ['noise and its schedule', 'model'],
  train: ['the training loop', 'model'],
  guide: ['the contract of guides', 'make'],
  decode: ['vectors to words', 'make'],
  sampler: ['one reverse step', 'make'],
  plan: ['a config, made ready', 'make'],
  shard: ['one batch of texts', 'make'],
  baseline: ['texts by other methods', 'make'],
  augment: ['labelled rows from few', 'make'],
  certify: ['texts that judges accept', 'make'],
  generate: ['a run of batches', 'make'],
  workers: ['processes share a run', 'make'],
  queue: ['machines share a run', 'make'],
  run: ['files of a run folder', 'make'],
  judges: ['what a text obeys', 'measure'],
  metrics: ['statistics of texts', 'measure'],
  evaluate: ['a run, judged', 'measure'],
  report: ['pages and tables', 'measure'],
  study: ['sweeps and benchmarks', 'measure'],
  plugins: ['guides of your own', 'outside'],
  testing: ['the suite of guides', 'outside'],
  serve: ['runs over HTTP', 'outside'],
  web: ['runs in a browser', 'outside'],
  guidance: ['the built-in guides', 'outside'],
  index: ['the public library', 'outside'],
  scripts: ['the command line', 'outside'],
};

const LEGEND: Readonly<Record<Theme, string>> = {
  base: 'foundation',
  model: 'model and training',
  make: 'making texts',
  measure: 'measuring texts',
  outside: 'what users touch',
};

/** Columns of the picture. */
export const COLUMNS = 21;
const COLUMN = 47;
const FLOOR = 92;
const HEIGHT = 46;
const MARGIN = 24;
const TOP = 64;

/** Draws the rooms of the library and their imports. @param layout by default of the source files, transitively reduced */
export function drawRooms(layout: Layout = layOut(reduced(readRoomGraph()), COLUMNS)): string {
  const floors = Math.max(...layout.spots.map(({ floor }) => floor));
  const used = layout.spots.map(({ column, room }) => column + (room === undefined ? 1 : BOX));
  const width = 2 * MARGIN + Math.max(...used) * COLUMN;
  const height = TOP + floors * FLOOR + HEIGHT + MARGIN;
  const top = (floor: number): number => TOP + (floors - floor) * FLOOR;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">`,
    '<title id="title">The rooms of diffusteer on floors: each imports only rooms below it</title>',
    `<style>${STYLE}</style>`,
    '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="head" d="M0 .8 7 4 0 7.2z"/></marker></defs>',
    `<rect class="card" x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="12"/>`,
    ...legend(),
    ...layout.arrows.map((arrow) => pathOf(arrow, layout, top)),
    ...layout.spots.flatMap((spot) => (spot.room === undefined ? [] : boxOf(spot.room, spot, top(spot.floor)))),
    '</svg>\n',
  ].join('\n');
}

const TINTS: Readonly<Record<Theme, readonly [light: string, dark: string, lineLight: string, lineDark: string]>> = {
  base: ['#eef0f3', '#232934', '#b9c0cb', '#4a5364'],
  model: ['#f1ecf8', '#2b2440', '#bda9dd', '#6d5a9b'],
  make: ['#e6f4f1', '#143230', '#8cc7bd', '#2f7a70'],
  measure: ['#fbf1e2', '#38290f', '#dcb873', '#8a6a2c'],
  outside: ['#e9f0fb', '#182b47', '#9dbbe6', '#436ca8'],
};

const tintsOf = (scheme: 0 | 1): string =>
  Object.entries(TINTS)
    .map(([theme, tints]) => `.${theme}{fill:${tints[scheme]};stroke:${tints[scheme === 0 ? 2 : 3]}}`)
    .join('');

const STYLE = [
  '.card{fill:#fff;stroke:#d9d9d6}text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}',
  '.name{font-size:14px;font-weight:600;fill:#1c2330}.does,.legend{font-size:10.5px;fill:#5f6878}.legend{font-size:12px}',
  '.arrow{fill:none;stroke:#9aa3b2;stroke-width:1.3}.head{fill:#9aa3b2}',
  tintsOf(0),
  '@media(prefers-color-scheme:dark){.card{fill:#14181f;stroke:#2d3440}.name{fill:#e8ebf0}.does,.legend{fill:#a3acba}',
  `.arrow{stroke:#657084}.head{fill:#657084}${tintsOf(1)}}`,
].join('');

function legend(): string[] {
  let x = MARGIN;
  return Object.entries(LEGEND).flatMap(([theme, says]) => {
    const at = x;
    x += 34 + says.length * 6.8;
    return [
      `<rect class="${theme}" x="${at}" y="20" width="14" height="14" rx="4"/>`,
      `<text class="legend" x="${at + 21}" y="31.5">${says}</text>`,
    ];
  });
}

function boxOf(room: string, spot: Spot, y: number): string[] {
  const known = ROOMS[room];
  if (known === undefined) throw new Error(`scripts/dev/drawing/rooms-svg.ts: say in ROOMS what ${room} does`);
  const [does, theme] = known;
  const [x, middle] = [MARGIN + spot.column * COLUMN, xOf(middleOf(spot))];
  return [
    `<rect class="${theme}" x="${x}" y="${y}" width="${BOX * COLUMN}" height="${HEIGHT}" rx="8"/>`,
    `<text class="name" x="${middle}" y="${y + 20}" text-anchor="middle">${nameOf(room)}</text>`,
    `<text class="does" x="${middle}" y="${y + 36}" text-anchor="middle">${does}</text>`,
  ];
}

const nameOf = (room: string): string =>
  room === 'index' ? 'lib/index.ts' : ['guidance', 'scripts'].includes(room) ? `${room}/` : room;

/** Draws an arrow from the bottom of a box to the top of another, in smooth curves through the points at which it passes floors. */
function pathOf(arrow: readonly number[], { spots, arrows }: Layout, top: (floor: number) => number): string {
  const points = arrow.map((i) => spots[i]!);
  const first = points[0]!;
  let [x, y] = [portOf(arrow, 'out', spots, arrows), top(first.floor) + HEIGHT];
  const d = [`M${x} ${y}`];
  points.slice(1).forEach((spot, i) => {
    const isEnd = i === points.length - 2;
    const [toX, toY] = [isEnd ? portOf(arrow, 'in', spots, arrows) : xOf(middleOf(spot)), top(spot.floor) - (isEnd ? 2 : 0)];
    const half = (toY - y) * 0.6;
    d.push(`C${x} ${y + half} ${toX} ${toY - half} ${toX} ${toY}`);
    [x, y] = [toX, toY];
    if (!isEnd) d.push(`V${(y = top(spot.floor) + HEIGHT)}`);
  });
  return `<path class="arrow" marker-end="url(#head)" d="${d.join('')}"/>`;
}

/** Returns the x at which an arrow leaves or reaches its box: arrows at one side keep the order of their other ends, around the middle. */
function portOf(arrow: readonly number[], side: 'in' | 'out', spots: Layout['spots'], arrows: Layout['arrows']): number {
  const [own, other] = side === 'out' ? [0, 1] : [-1, -2];
  const box = arrow.at(own)!;
  const sharing = arrows.filter((each) => each.at(own) === box);
  const order = [...sharing].sort((a, b) => middleOf(spots[a.at(other)!]!) - middleOf(spots[b.at(other)!]!));
  const offset = order.indexOf(arrow) - (order.length - 1) / 2;
  return xOf(middleOf(spots[box]!)) + offset * Math.min(20, (BOX * COLUMN - 30) / Math.max(1, order.length - 1));
}

const xOf = (doubledColumn: number): number => MARGIN + (doubledColumn / 2) * COLUMN;
