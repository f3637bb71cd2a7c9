import type { Trace, TraceStep } from '../../run/trace.js';
import { embeddedJson, html, Html } from './html.js';

/** Most traced texts of a page, and most steps of each. */
const [MOST_TRACES, MOST_STEPS] = [6, 80];

/** Returns the traces that a page shows, with evenly spaced steps. */
export const shownTraces = (traces: readonly Trace[]): readonly Trace[] => traces.slice(0, MOST_TRACES).map(thinned);

function thinned(trace: Trace): Trace {
  const last = trace.steps.length - 1;
  if (last < MOST_STEPS) return trace;
  return {
    ...trace,
    steps: Array.from({ length: MOST_STEPS }, (_, i) => trace.steps[Math.round((i * last) / (MOST_STEPS - 1))]!),
  };
}

/** Returns a slider over the reverse steps of traced texts, whose words are pale while uncertain. Without scripts it shows the final text. */
export function scrubber(traces: readonly Trace[]): Html {
  const [first] = traces;
  if (!first) return html``;
  const { steps } = first;
  const labels = Object.keys(steps[0]!.guides);
  return html`<div class="scrubber" id="scrubber">
    <p class="texts" role="group" aria-label="Traced texts">
      ${traces.map(({ id }, i) => html`<button type="button" data-trace="${i}" aria-pressed="${i === 0 ? 'true' : 'false'}">${id}</button> `)}
    </p>
    <p class="now" aria-live="off">${steps.at(-1)!.tokens.join(' ')}</p>
    <p class="controls">
      <button type="button" class="play" aria-label="Play">▶</button>
      <input type="range" min="0" max="${steps.length - 1}" value="${steps.length - 1}" aria-label="Reverse step" />
      <output></output>
    </p>
    <dl class="bars">
      ${labels.map(
        (label) =>
          html`<div>
            <dt>${label}</dt>
            <dd><meter min="0" max="1" value="1" aria-label="${label}"></meter> <span></span></dd>
          </div>`,
      )}
    </dl>
    <script type="application/json">
      ${embeddedJson(traces.map(compact))}
    </script>
    ${new Html(`<script>${SCRIPT}</script>`)}
  </div>`;
}

/** Returns a trace in the short form that the script reads. */
const compact = ({ id, steps }: Trace) => ({
  id,
  of: steps.at(-1)!.step + 1,
  steps: steps.map(({ step, time, tokens, entropy, guides }: TraceStep) => ({
    n: step + 1,
    time: Number(time.toFixed(3)),
    tokens,
    h: entropy.map((nats) => Number(nats.toFixed(2))),
    g: Object.values(guides),
  })),
});

/** Lowest opacity of a word, which keeps the contrast of its letters. */
export const PALEST = 0.64;

/**
 * Words fade from 0 to 3 nats of entropy, to PALEST; those above 1.6 are dotted, as in `replay`. A bar is empty at the lowest log-probability
 * of its guide, or at -10 nats.
 */
const SCRIPT = `
(() => {
  const box = document.getElementById('scrubber');
  const traces = JSON.parse(box.querySelector('[type="application/json"]').textContent);
  const [now, range, output, play] = ['.now', 'input', 'output', '.play'].map((at) => box.querySelector(at));
  const bars = [...box.querySelectorAll('.bars dd')];
  const buttons = [...box.querySelectorAll('[data-trace]')];
  let trace = traces[0];
  let timer;
  const scale = (k) => {
    const said = traces.flatMap(({ steps }) => steps.map(({ g }) => g[k])).filter((x) => x !== null);
    return [Math.min(-10, ...said), Math.max(0, ...said)];
  };
  const scales = bars.map((_, k) => scale(k));
  const draw = () => {
    const step = trace.steps[Number(range.value)];
    now.replaceChildren(...step.tokens.flatMap((token, i) => {
      const word = document.createElement('span');
      word.textContent = token;
      word.style.opacity = String(1 - ${1 - PALEST} * Math.min(1, step.h[i] / 3));
      if (step.h[i] > 1.6) word.className = 'open';
      word.title = step.h[i].toFixed(2) + ' nats';
      return [word, ' '];
    }));
    output.textContent = 'step ' + step.n + ' of ' + trace.of + ', noise ' + step.time.toFixed(2);
    bars.forEach((bar, k) => {
      const [low, high] = scales[k];
      const said = step.g[k];
      bar.firstElementChild.value = said === null ? 0 : (said - low) / (high - low);
      bar.lastElementChild.textContent = said === null ? 'none' : said.toFixed(2).replace(/^-(?=0.00$)/, '') + ' nats';
    });
  };
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
    play.textContent = '▶';
    play.setAttribute('aria-label', 'Play');
  };
  const start = () => {
    if (Number(range.value) === trace.steps.length - 1) range.value = '0';
    play.textContent = '❚❚';
    play.setAttribute('aria-label', 'Pause');
    timer = setInterval(() => {
      range.value = String(Number(range.value) + 1);
      draw();
      if (Number(range.value) === trace.steps.length - 1) stop();
    }, 8000 / trace.steps.length);
  };
  play.addEventListener('click', () => (timer ? stop() : start()));
  range.addEventListener('input', draw);
  buttons.forEach((button, i) =>
    button.addEventListener('click', () => {
      stop();
      trace = traces[i];
      buttons.forEach((other) => other.setAttribute('aria-pressed', String(other === button)));
      range.max = String(trace.steps.length - 1);
      range.value = range.max;
      draw();
    }),
  );
  draw();
})();
`;
