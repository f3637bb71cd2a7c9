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
  /** Returns the program of a step, see `cachedStep`. */
  stepOf(reorders: boolean): GraphFunction;
}

/** Builds a decoder whose keys and values stay on the device between steps. */
export function cachedDecoder({ device, size, start, weights, rows, stepOf }: CachedDecoding): Decoder {
  const state = device.state(emptyCache(size, rows));
  let positions = new Int32Array(rows).fill(-1); // position of each row's last token
  return {
    rows,
    async next(tokens, from) {
      checkStep(tokens, from, size, rows);
      const next = Int32Array.from(tokens, (token, i) => (token === start ? 0 : positions[from?.[i] ?? i]! + 1));
      checkRoom(tokens, next, { start, size });
      const row = (values: ArrayLike<number>) => integers(rows, (i) => values[i]!);
      const feeds = { tokens: row(tokens), positions: row(next), ...(from && { from: row(from) }) };
      const reorders = from !== undefined;
      const program = await device.compile(stepOf(reorders), cachedStepInputs(size, rows, reorders), weights);
      const out = await program.run(feeds, { state });
      positions = next;
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
  if (values.length !== rows) return [{ path: `/${name}`, message: `expected one per row, ${rows}, got ${values.length}` }];
  const at = values.findIndex((value) => !(Number.isInteger(value) && value >= 0 && value < below));
  return at < 0 ? [] : [{ path: `/${name}/${at}`, message: `expected a whole number below ${below}, got ${values[at]}` }];
}

/** Reports rows without room for their token. @param positions of the tokens, 0 for one that starts a row */
function checkRoom(
  tokens: readonly number[],
  positions: Int32Array,
  { start, size }: Pick<CachedDecoding, 'start' | 'size'>,
): void {
  const problems = tokens.flatMap((token, row): Problem[] => {
    const path = `/tokens/${row}`;
    if (positions[row] === 0 && token !== start)
      return [{ path, message: `row ${row} has not started; expected START, got ${token}` }];
    if (positions[row]! < size.maxTokens) return [];
    return [{ path, message: `row ${row} already holds ${size.maxTokens} tokens, the maximum` }];
  });
  if (problems.length > 0) throw new InputError('step of a decoder', problems);
}
