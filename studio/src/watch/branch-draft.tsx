import { operatorOf } from '../config/clauses.js';
import { valueAt } from '../config/edit-json.js';
import { change, describe, draft, grow, lastDeparture, withdraw } from './branch.js';
import { colourOf } from './colours.js';
import { head } from './player.js';
import type { Run } from './run.js';

/** The branch that is being made: its changes so far, weights to change, and the button that grows it from the present step. */
export function BranchDraft({ run, text }: { run: Run; text: string }) {
  const step = Math.min(head.value, lastDeparture(run));
  if (run.plan === undefined || step < run.plan.steps.first) return null;
  return (
    <section class="draft" aria-label="Branch">
      <ul class="chips" aria-label="Changes of the branch">
        {draft.value.map((one) => (
          <li key={describe(one)}>
            <button type="button" class="chip" aria-label={`Withdraw: ${describe(one)}`} onClick={() => withdraw(one)}>
              {describe(one)} <span aria-hidden="true">×</span>
            </button>
          </li>
        ))}
      </ul>
      <Weights run={run} />
      <button type="button" class="grow" disabled={draft.value.length === 0} onClick={() => grow(run, text)}>
        Branch from step {step + 1}
      </button>
    </section>
  );
}

/** Sliders for the weights of the clauses that act by themselves. */
function Weights({ run }: { run: Run }) {
  const own = (run.plan?.guides ?? []).filter(({ inside }) => inside === undefined);
  if (own.length === 0) return null;
  return (
    <details class="weights">
      <summary>Change a weight</summary>
      {own.map(({ label, path }) => {
        const clause = valueAt(run.plan!.config, path) as Record<string, unknown> | undefined;
        const drafted = draft.value.find((one) => one.kind === 'weight' && one.path === path);
        const stated = typeof clause?.['weight'] === 'number' ? clause['weight'] : 1;
        const weight = drafted?.kind === 'weight' ? drafted.weight : stated;
        return (
          <label key={label} class="row" style={{ '--c': colourOf(label, run.labels) }}>
            <span class="name">{clause && operatorOf(clause) === undefined ? label : `${label} (group)`}</span>
            <input
              type="range"
              min={0}
              max={4}
              step={0.1}
              value={weight}
              onInput={(event) => change({ kind: 'weight', path, label, weight: event.currentTarget.valueAsNumber })}
            />
            <output>{weight}</output>
          </label>
        );
      })}
    </details>
  );
}
