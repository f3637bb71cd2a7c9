import { clausesIn } from '../config/clauses.js';
import { config, isSound, replaceConfig, setAt } from '../config/document.js';
import { exported } from '../server/exported.js';
import { models, modelName } from '../server/session.js';
import { Add } from './add.js';
import { Clause } from './clause.js';
import { examplesFor } from './examples.js';
import { NumberInput, Problems } from './fields.js';
import { Like } from './like.js';

/** The controls as cards, and the settings of the run. */
export function Board() {
  const clauses = clausesIn(config.value['guidance'], '/guidance');
  return (
    <section class="board" aria-labelledby="board-title">
      <header>
        <h2 id="board-title">Controls</h2>
        <Examples />
      </header>
      {!isSound.value && <p class="problems">The config is not JSON now: mend it, and the board follows.</p>}
      <fieldset disabled={!isSound.value}>
        <legend class="visually-hidden">Controls and settings</legend>
        <Settings />
        {clauses.length === 0 && (
          <p class="note">No control: texts as the model writes them. Add one, or take one from a sentence.</p>
        )}
        {clauses.map((placed) => (
          <Clause key={placed.path} {...placed} />
        ))}
        <Add at="/guidance" />
        {exported.engine === undefined && <Like />}
      </fieldset>
    </section>
  );
}

function Examples() {
  const examples = examplesFor(modelName.value);
  return (
    <select
      aria-label="Start from an example"
      value=""
      onChange={(event) => replaceConfig(examples[Number(event.currentTarget.value)]!.config)}
    >
      <option value="" disabled>
        Examples
      </option>
      {examples.map(({ name }, i) => (
        <option key={name} value={i}>
          {name}
        </option>
      ))}
    </select>
  );
}

/** Largest seed that a config takes. */
const MOST_SEED = 0x7fffffff;

function Settings() {
  const sampler = (config.value['sampler'] ?? {}) as { steps?: unknown };
  const number = (value: unknown, otherwise: number) => (typeof value === 'number' ? value : otherwise);
  const known = models.value.map(({ model }) => model);
  const shown = known.includes(modelName.value) ? known : [modelName.value, ...known];
  return (
    <div class="settings">
      <label class="model">
        <span>model</span>
        <select value={modelName.value} onChange={(event) => setAt('/model', event.currentTarget.value)}>
          {shown.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <label>
        <span>texts</span>
        <NumberInput
          min={1}
          max={64}
          value={number(config.value['samplesPerTarget'], 1)}
          onValue={(count) => setAt('/samplesPerTarget', count)}
        />
      </label>
      <label>
        <span>steps</span>
        <NumberInput min={1} max={2000} value={number(sampler.steps, 50)} onValue={(steps) => setAt('/sampler/steps', steps)} />
      </label>
      <label>
        <span>seed</span>
        <NumberInput min={0} max={MOST_SEED} value={number(config.value['seed'], 1)} onValue={(seed) => setAt('/seed', seed)} />
      </label>
      <button
        type="button"
        class="quiet"
        title="Another seed: other texts"
        onClick={() => setAt('/seed', (number(config.value['seed'], 1) + 1) % MOST_SEED)}
      >
        next seed
      </button>
      {['/model', '/samplesPerTarget', '/sampler', '/seed', '/targets', '/decode', '/batchSize', '/edit'].map((at) => (
        <Problems key={at} at={at} />
      ))}
    </div>
  );
}
