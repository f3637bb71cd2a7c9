import { replaceConfig } from '../config/document.js';
import { FILE_LINE, formatJson } from '../config/edit-json.js';
import { runs } from '../watch/player.js';
import type { Run, Track } from '../watch/run.js';
import { copy, download } from './copy.js';

/** Folder that an exported config writes to, unless it names one. */
const OUTPUT = 'runs/studio';

/** Returns the texts to export: those that were kept, or if none was, all that were not dropped. A branch is exported only if it was kept. */
function chosen(run: Run): Track[] {
  const branches = runs.value.filter(({ origin }) => origin?.run === run);
  for (const { tick } of [run, ...branches]) void tick.value;
  const kept = [run, ...branches].flatMap(({ tracks }) =>
    tracks.filter(({ text, verdict }) => text !== undefined && verdict === 'kept'),
  );
  return kept.length > 0 ? kept : run.tracks.filter(({ text, verdict }) => text !== undefined && verdict !== 'dropped');
}

/** Returns the lines of samples.jsonl of texts. */
const jsonLines = (tracks: readonly Track[]): string => tracks.map(({ text }) => `${JSON.stringify(text!.line)}\n`).join('');

/** Saves the config that makes the texts of a run again; a branch has that of the run it departs from inside. */
export function SaveConfig({ run, name = 'config.json' }: { run: Run; name?: string }) {
  if (run.plan === undefined) return null;
  const config = { ...run.plan.config, output: run.plan.config['output'] ?? OUTPUT };
  return (
    <button
      type="button"
      title="With its seed; diffusteer generate makes the same texts from it, byte for byte"
      onClick={() => download(name, 'application/json', `${formatJson(config, FILE_LINE)}\n`)}
    >
      Save config
    </button>
  );
}

/** Copies and saves what a run made: the texts, and the config that makes them again. */
export function Exports({ run }: { run: Run }) {
  const tracks = chosen(run);
  const kept = tracks.filter(({ verdict }) => verdict === 'kept').length;
  if (tracks.length === 0) return null;
  return (
    <footer class="exports">
      <span class="soft">{kept > 0 ? `${kept} kept` : `${tracks.length} ${tracks.length === 1 ? 'text' : 'texts'}`}</span>
      <button type="button" onClick={() => void copy(tracks.map(({ text }) => text!.line.text).join('\n'))}>
        Copy texts
      </button>
      <button type="button" onClick={() => download('samples.jsonl', 'application/jsonl', jsonLines(tracks))}>
        Save JSON lines
      </button>
      <SaveConfig run={run} />
      <button
        type="button"
        class="quiet"
        title="Put the config of this run on the board again"
        onClick={() => replaceConfig(run.request)}
      >
        Back to its controls
      </button>
    </footer>
  );
}
