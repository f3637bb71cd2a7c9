import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';

/** Rooms (folders of lib/, its index, guidance/ and scripts/) and the imports between them. */
export type RoomGraph = ReadonlyMap<string, ReadonlySet<string>>;

const ROOTS = ['lib', 'guidance', 'scripts'];

/** Reads which room imports which: type-only, dynamic and re-exporting imports too. */
export function readRoomGraph(): RoomGraph {
  const files = ROOTS.flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => join(root, name)),
  ).filter((name) => name.endsWith('.ts'));
  const graph = new Map<string, Set<string>>();
  for (const file of files.sort()) {
    const room = roomOf(file);
    const imports = graph.get(room) ?? new Set<string>();
    graph.set(room, imports);
    for (const imported of importsIn(file)) if (roomOf(imported) !== room) imports.add(roomOf(imported));
  }
  return graph;
}

function importsIn(file: string): string[] {
  return ts
    .preProcessFile(readFileSync(file, 'utf8'))
    .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => normalize(join(dirname(file), fileName)));
}

/** Returns `text` for lib/text/corpus.ts, `index` for lib/index.ts, `guidance` for guidance/parts/tags.ts. */
function roomOf(file: string): string {
  const [root, part] = file.split('/');
  return root === 'lib' ? part!.replace(/\.(js|ts)$/, '') : root!;
}

/** Returns the graph without imports that follow from others: a -> c goes if a -> b -> c remains. */
export function reduced(graph: RoomGraph): RoomGraph {
  const reach = new Map<string, ReadonlySet<string>>();
  const reachable = (room: string): ReadonlySet<string> => {
    const known = reach.get(room);
    if (known !== undefined) return known;
    const direct = [...(graph.get(room) ?? [])];
    const all = new Set(direct.flatMap((next) => [next, ...reachable(next)]));
    reach.set(room, all);
    return all;
  };
  return new Map(
    [...graph].map(([room, imports]) => {
      const kept = [...imports].filter((to) => ![...imports].some((via) => via !== to && reachable(via).has(to)));
      return [room, new Set(kept)];
    }),
  );
}

/** Returns the floor of each room: 0 if it imports no other, else one above the highest room that it imports. */
export function floorsOf(graph: RoomGraph): Map<string, number> {
  const floors = new Map<string, number>();
  const floorOf = (room: string): number => {
    const floor = floors.get(room) ?? 1 + Math.max(-1, ...[...(graph.get(room) ?? [])].map(floorOf));
    floors.set(room, floor);
    return floor;
  };
  for (const room of graph.keys()) floorOf(room);
  return floors;
}
