import { isRecord } from '../../config/clauses.js';
import { joinPath } from '../../config/json-source.js';
import { Choice, NumberInput, Problems } from '../fields.js';
import { type EditorProps, setOption } from './editor.js';

type Kind = 'exactly' | 'between' | 'about';

const KINDS = [
  ['exactly', 'exactly'],
  ['between', 'between'],
  ['about', 'about'],
] as const;

const kindOf = (length: unknown): Kind => (!isRecord(length) ? 'exactly' : 'about' in length ? 'about' : 'between');
const numberOr = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise);

/** A number of words on a slider: exact, a range, or a preference. */
export function LengthEditor({ clause, path, mostWords }: EditorProps) {
  const { length } = clause;
  const kind = kindOf(length);
  const given = isRecord(length) ? length : {};
  const set = (value: unknown) => setOption(path, 'length', value);
  const one = numberOr(length, numberOr(given['about'], numberOr(given['max'], 12)));
  const low = numberOr(given['min'], 0);
  const high = numberOr(given['max'], mostWords);
  const change = (next: Kind) =>
    set(
      next === 'exactly'
        ? one
        : next === 'about'
          ? { about: one }
          : { min: Math.max(0, one - 2), max: Math.min(mostWords, one + 2) },
    );
  return (
    <div class="length">
      <Choice label="Kind of length" value={kind} options={KINDS} onValue={change} />
      {kind === 'between' ? (
        <span class="sliders">
          <Bound
            label="Fewest words"
            name="at least"
            value={low}
            most={mostWords}
            onValue={(min) => set({ ...given, min, max: Math.max(min, high) })}
          />
          <Bound
            label="Most words"
            name="at most"
            value={high}
            most={mostWords}
            onValue={(max) => set({ ...given, min: Math.min(low, max), max })}
          />
        </span>
      ) : (
        <span class="sliders">
          <Bound
            label="Words"
            name="words"
            value={one}
            most={mostWords}
            onValue={(words) => set(kind === 'about' ? { ...given, about: words } : words)}
          />
          {kind === 'about' && (
            <label class="small">
              ±{' '}
              <NumberInput
                aria-label="Spread in words"
                min={0.5}
                step={0.5}
                value={numberOr(given['spread'], 2)}
                onValue={(spread) => set({ ...given, spread })}
              />
            </label>
          )}
        </span>
      )}
      <Problems at={joinPath(path, 'length')} />
    </div>
  );
}

interface BoundProps {
  readonly label: string;
  readonly name: string;
  readonly value: number;
  readonly most: number;
  readonly onValue: (value: number) => void;
}

function Bound({ label, name, value, most, onValue }: BoundProps) {
  return (
    <span class="bound">
      <span class="soft">{name}</span>
      <input
        type="range"
        aria-label={label}
        min={0}
        max={most}
        value={value}
        onInput={(event) => onValue(event.currentTarget.valueAsNumber)}
      />
      <NumberInput aria-label={`${label}, as a number`} min={0} max={most} value={value} onValue={onValue} />
    </span>
  );
}
