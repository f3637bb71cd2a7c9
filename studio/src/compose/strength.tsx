import { isRecord, type ClauseJson } from '../config/clauses.js';
import { setAt } from '../config/document.js';
import { joinPath } from '../config/json-source.js';
import { Choice, NumberInput, Problems } from './fields.js';

/** Largest weight on the slider; the field takes any. */
const MOST_WEIGHT = 4;

const windowOf = (value: unknown): readonly [number, number] | undefined =>
  Array.isArray(value) && value.length === 2 ? [Number(value[0]), Number(value[1])] : undefined;

/** The way in which a clause acts, its weight, and the part of the steps in which it acts. */
export function Strength({ clause, path, vias }: { clause: ClauseJson; path: string; vias: readonly string[] }) {
  const { weight, via } = clause;
  const window = windowOf(clause['window']);
  const set = (option: string, value: unknown) => setAt(joinPath(path, option), value);
  const isAuto = weight === 'auto' || isRecord(weight);
  const summary = [
    typeof via === 'string' ? `by ${via}` : vias[0] === undefined ? '' : `by ${vias[0]}`,
    isAuto ? 'weight auto' : `weight ${typeof weight === 'number' ? weight : 1}`,
    window ? `steps ${percent(window[0])} to ${percent(window[1])}` : 'all its steps',
  ];
  return (
    <details class="strength">
      <summary>{summary.filter(Boolean).join(' · ')}</summary>
      {vias.length > 1 && (
        <div class="row">
          <span class="name">acts by</span>
          <div class="field">
            <Choice
              label="Acts by"
              value={typeof via === 'string' ? via : vias[0]!}
              options={vias.map((one) => [one, one] as const)}
              onValue={(next) => set('via', next === vias[0] ? undefined : next)}
            />
            <Problems at={joinPath(path, 'via')} />
          </div>
        </div>
      )}
      <div class="row">
        <span class="name">weight</span>
        <div class="field inline">
          <input
            type="range"
            aria-label="Weight"
            min={0}
            max={MOST_WEIGHT}
            step={0.1}
            disabled={isAuto}
            value={typeof weight === 'number' ? weight : 1}
            onInput={(event) =>
              set('weight', event.currentTarget.valueAsNumber === 1 ? undefined : event.currentTarget.valueAsNumber)
            }
          />
          <NumberInput
            aria-label="Weight, as a number"
            min={0}
            step={0.1}
            disabled={isAuto}
            value={typeof weight === 'number' ? weight : 1}
            onValue={(next) => set('weight', next === 1 ? undefined : next)}
          />
          <label class="check" title="Finds its own size from step to step; for gradients">
            <input
              type="checkbox"
              checked={isAuto}
              onChange={(event) => set('weight', event.currentTarget.checked ? 'auto' : undefined)}
            />
            auto
          </label>
        </div>
        <Problems at={joinPath(path, 'weight')} />
      </div>
      <div class="row">
        <span class="name">steps</span>
        <div class="field inline">
          <Window
            window={window ?? [0, 1]}
            onWindow={(next) => set('window', next[0] === 0 && next[1] === 1 ? undefined : next)}
          />
        </div>
        <Problems at={joinPath(path, 'window')} />
      </div>
    </details>
  );
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

function Window({
  window: [from, to],
  onWindow,
}: {
  window: readonly [number, number];
  onWindow: (window: readonly [number, number]) => void;
}) {
  const slider = (label: string, value: number, set: (value: number) => void) => (
    <input
      type="range"
      aria-label={label}
      aria-valuetext={percent(value)}
      min={0}
      max={1}
      step={0.05}
      value={value}
      onInput={(event) => set(event.currentTarget.valueAsNumber)}
    />
  );
  return (
    <>
      {slider('Acts from, as a share of the steps', from, (value) => onWindow([Math.min(value, to), to]))}
      {slider('Acts until, as a share of the steps', to, (value) => onWindow([from, Math.max(from, value)]))}
      <output class="soft">
        {percent(from)} to {percent(to)}
      </output>
    </>
  );
}
