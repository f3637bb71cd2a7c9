import { signal } from '@preact/signals';
import type { GenerateRequest } from 'diffusteer/client';
import { useEffect } from 'preact/hooks';
import { Board } from './compose/board.js';
import { config, isSound } from './config/document.js';
import { problems } from './config/problems.js';
import { JsonEditor } from './json/editor.js';
import { notice } from './results/copy.js';
import { exported } from './server/exported.js';
import { failure, link, provider, vocabulary } from './server/session.js';
import { progress } from './server/worker-client.js';
import { shown } from './watch/player.js';
import { start, stop } from './watch/start.js';
import { Watch } from './watch/view.js';

/** The part of the page that a narrow screen shows. */
const part = signal<'compose' | 'config' | 'texts'>('compose');

const PARTS = [
  ['compose', 'Controls'],
  ['config', 'Config'],
  ['texts', 'Texts'],
] as const;

export function App() {
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      run();
    };
    addEventListener('keydown', key);
    return () => removeEventListener('keydown', key);
  }, []);
  return (
    <>
      <header class="top">
        <h1>
          <span aria-hidden="true" class="mark">
            <i />
            <i />
            <i />
          </span>
          diffusteer <small title={providerTitle()}>{exported.engine === undefined ? 'studio' : (provider.value ?? '')}</small>
        </h1>
        <Link />
        <RunButton />
      </header>
      <main data-part={part.value}>
        <Board />
        <JsonEditor />
        <Watch />
      </main>
      <nav class="parts" aria-label="Parts of the page">
        {PARTS.map(([name, title]) => (
          <button key={name} type="button" aria-pressed={part.value === name} onClick={() => (part.value = name)}>
            {title}
            {name === 'config' && problems.value.length > 0 && <b class="count">{problems.value.length}</b>}
          </button>
        ))}
      </nav>
      <p class="notice" role="status">
        {notice.value}
      </p>
      <datalist id="vocabulary">
        {vocabulary.value.map((word) => (
          <option key={word} value={word} />
        ))}
      </datalist>
    </>
  );
}

const isBusy = (): boolean => {
  const state = shown.value?.state.value;
  return state === 'running' || state === 'waiting';
};

/** Starts a run of the config, or stops the one that is under way. */
function run(): void {
  if (!isSound.value || problems.value.length > 0 || link.value !== 'up') return;
  const running = shown.value;
  if (isBusy() && running) stop(running);
  part.value = 'texts';
  start(config.value as unknown as GenerateRequest);
}

function RunButton() {
  const wrong = problems.value.length;
  const isReady = isSound.value && wrong === 0 && link.value === 'up';
  const title = wrong > 0 ? `The config has ${wrong === 1 ? 'a problem' : `${wrong} problems`}` : 'Ctrl Enter';
  return (
    <button type="button" class="run" disabled={!isReady} title={title} onClick={run}>
      Run
    </button>
  );
}

const LINK_TEXTS = {
  connecting: '',
  up: '',
  down: 'The server does not answer. Trying again …',
  refused: 'The server has another token now. Open the address that it printed.',
} as const;

/** Says how far the engine of an exported page has loaded, or why it has not. */
function engineText(): string {
  if (link.value === 'down') return `This page cannot make texts: ${failure.value}`;
  if (link.value === 'up') return '';
  const { loaded, of } = progress.value ?? { loaded: 0, of: 0 };
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0);
  return of === 0 ? 'Loading …' : `Loading ${megabytes(loaded)} of ${megabytes(of)} MB …`;
}

/** Says what an exported page computes on. */
const providerTitle = (): string | undefined =>
  provider.value && `Texts are made in this tab, ${provider.value === 'wasm' ? 'by its CPU' : 'by its GPU'}`;

/** Says if the server is away. What was made stays on the page. */
function Link() {
  return (
    <p class="link" role="status">
      {exported.engine === undefined ? LINK_TEXTS[link.value] : engineText()}
    </p>
  );
}
