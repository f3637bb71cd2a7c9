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
  readonly step: GraphFunction;
}

/** Builds a decoder whose keys and values stay on the device between steps. */
export function cachedDecoder({ device, size, start, weights, rows, step }: CachedDecoding): Decoder {
  const state = device.state(emptyCache(size, rows));
  let positions = new Int32Array(rows).fill(-1); // position of each row's last token
  return {
    rows,
    async next(tokens) {
      checkTokens(tokens, rows, size.vocabularySize);
      const next = Int32Array.from(tokens, (token, i) => (token === start ? 0 : positions[i]! + 1));
      checkRoom(tokens, next, { start, size });
      const row = (values: ArrayLike<number>) => integers(rows, (i) => values[i]!);
      const program = await device.compile(step, cachedStepInputs(size, rows), weights);
      const out = await program.run({ tokens: row(tokens), positions: row(next) }, { state });
      positions = next;
      return rowsOf(out['logProbs']!);
    },
    dispose: () => state.dispose(),
  };
}

function checkTokens(tokens: readonly number[], rows: number, vocabularySize: number): void {
  const refused = (path: string, message: string) => new InputError('step of a decoder', [{ path, message }]);
  if (tokens.length !== rows) throw refused('/tokens', `expected one per row, ${rows}, got ${tokens.length}`);
  const at = tokens.findIndex((token) => !(Number.isInteger(token) && token >= 0 && token < vocabularySize));
  if (at >= 0) throw refused(`/tokens/${at}`, `expected a whole number below ${vocabularySize}, got ${tokens[at]}`);
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
