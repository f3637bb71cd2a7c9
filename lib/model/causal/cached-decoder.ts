import type { Device, GraphFunction, HostTensors } from '../../engine/types.js';
import { InputError, type Problem } from '../../base/errors.js';
import { cachedStepInputs, emptyCache } from './causal-cache.js';
import type { CausalSize } from './causal-transformer.js';
import { integers, rowsOf } from './host-rows.js';
import type { Decoder } from './language-model.js';

export interface CachedDecoding {
  readonly device: Device;
  readonly size: CausalSize;
  /** The id of START. */
  readonly start: number;
  readonly weights: HostTensors;
  readonly rows: number;
  /** The program of a step, see `cachedStep`. */
  stepOf(reorders: boolean): GraphFunction;
}

/** A decoder whose keys and values stay on the device from step to step. */
export function cachedDecoder({ device, size, start, weights, rows, stepOf }: CachedDecoding): Decoder {
  const state = device.state(emptyCache(size, rows));
  let places = new Int32Array(rows).fill(-1); // of the last token of each row
  return {
    rows,
    async next(tokens, from) {
      checkStep(tokens, from, size, rows);
      const next = Int32Array.from(tokens, (token, i) => (token === start ? 0 : places[from?.[i] ?? i]! + 1));
      checkRoom(tokens, next, { start, size });
      const row = (values: ArrayLike<number>) => integers(rows, (i) => values[i]!);
      const feeds = { tokens: row(tokens), places: row(next), ...(from && { from: row(from) }) };
      const reorders = from !== undefined;
      const program = await device.compile(stepOf(reorders), cachedStepInputs(size, rows, reorders), weights);
      const out = await program.run(feeds, { state });
      places = next;
      return rowsOf(out['logProbs']!);
    },
    dispose: () => state.dispose(),
  };
}

function checkStep(tokens: readonly number[], from: readonly number[] | undefined, size: CausalSize, rows: number): void {
  const problems: Problem[] = [
    ...listProblems('tokens', tokens, rows, size.vocabularySize),
    ...(from ? listProblems('from', from, rows, rows) : []),
  ];
  if (problems.length > 0) throw new InputError('step of a decoder', problems);
}

function listProblems(name: string, values: readonly number[], rows: number, below: number): Problem[] {
  if (values.length !== rows) return [{ path: `/${name}`, message: `expected one a row, ${rows}, got ${values.length}` }];
  const at = values.findIndex((value) => !(Number.isInteger(value) && value >= 0 && value < below));
  return at < 0 ? [] : [{ path: `/${name}/${at}`, message: `expected a whole number below ${below}, got ${values[at]}` }];
}

/** @param places of the tokens that come in, 0 for one that begins a row */
function checkRoom(tokens: readonly number[], places: Int32Array, { start, size }: Pick<CachedDecoding, 'start' | 'size'>): void {
  const problems = tokens.flatMap((token, row): Problem[] => {
    const path = `/tokens/${row}`;
    if (places[row] === 0 && token !== start)
      return [{ path, message: `row ${row} has not begun; expected START, got ${token}` }];
    if (places[row]! < size.maxTokens) return [];
    return [{ path, message: `row ${row} holds ${size.maxTokens} tokens already, which is all it can` }];
  });
  if (problems.length > 0) throw new InputError('step of a decoder', problems);
}
