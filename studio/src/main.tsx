import { effect } from '@preact/signals';
import { render } from 'preact';
import { App } from './app.js';
import { openingExample } from './compose/examples.js';
import { replaceConfig, text } from './config/document.js';
import { keepLooking } from './server/session.js';

/** Under this key the config outlives a reload of the page, in its own tab only. */
const KEY = `diffusteer-config ${location.pathname}`;

const kept = sessionStorage.getItem(KEY);
if (kept === null) replaceConfig(openingExample());
else text.value = kept;
effect(() => sessionStorage.setItem(KEY, text.value));

render(<App />, document.getElementById('studio')!);
void keepLooking();
