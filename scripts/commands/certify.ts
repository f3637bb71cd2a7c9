import { DiffusteerError } from '../../lib/base/errors.js';
import { printable } from '../../lib/base/printable.js';
import type { Batch, Certificate, CertifyHooks, CertifyPlan, StatedDifference } from '../../lib/certify/index.js';
import { bestThreads } from '../best-threads.js';
import { interruptSignal } from '../interrupt.js';
import { judgePoolOf, type JudgeResources, openJudgeResources, workersOption } from '../judge-resources.js';
import { type Progress, startProgress } from '../progress.js';
import { registryWith } from '../registry.js';
import {
  type Command,
  type ConfigArgs,
  configArguments,
  crewOf,
  type PluginArgs,
  pluginsOption,
  type QueueArgs,
  queueOptions,
} from './options.js';

export const certifyCommand: Command<ConfigArgs & PluginArgs & QueueArgs> = {
  builder: (yargs) =>
    queueOptions(pluginsOption(configArguments(yargs)))
      .example('$0 certify configs/certified-pos.json', 'one text per target whose tags wink-nlp finds right')
      .example('$0 certify configs/certified-tree.json --set tries=8', 'trees, with a quarter of the candidates')
      .epilogue(
        'Writes accepted.jsonl, targets.jsonl (what each target needed) and certificate.json into the output folder. An interrupted run resumes when the command is repeated; the result is the same, byte for byte.',
      ),
  async handler({ config: path, set, plugins, queue, priority }) {
    const crew = await crewOf({ queue, priority });
    const { certify } = await import('../../lib/certify/index.js');
    const { plan, registry, judging, stop } = await openCertifying(path, set, plugins);
    const signal = interruptSignal();
    const view = roundsView(signal);
    const pool = await judgePoolOf(judging, { guides: registry, workers: plan.config.workers, signal });
    try {
      const { folder, certificate, isNew } = await certify(plan.config, registry, { ...judging, pool }, path, {
        ...view.hooks,
        crew,
      });
      view.stop();
      if (!isNew) console.log('Nothing to do: this run is finished. For other texts, set another output folder and seed.');
      console.log(describeCertificate(certificate));
      console.log(
        `\nWritten to ${folder}: accepted.jsonl, targets.jsonl, certificate.json. Confirm it: diffusteer verify ${folder}`,
      );
    } finally {
      view.stop();
      await Promise.all([pool?.close(), stop()]);
    }
  },
};

export const verifyCommand: Command<PluginArgs & { run: string; workers: number | undefined }> = {
  builder: (yargs) =>
    workersOption(pluginsOption(yargs))
      .positional('run', { type: 'string', demandOption: true, describe: 'Output folder of `certify`' })
      .example('$0 verify runs/certified-pos', 'judges every candidate again')
      .epilogue('Ends with exit code 1 and names the first difference, if there is one.'),
  async handler({ run, plugins, workers }) {
    const [{ modelOf, verify }, { guides, judges }] = await Promise.all([
      import('../../lib/certify/index.js'),
      registryWith(plugins),
    ]);
    const resources = await openEmbedded(await modelOf(run));
    const pool = await judgePoolOf(resources, { guides, workers });
    let progress: Progress | undefined;
    try {
      const { certificate, judged, differs } = await verify(run, guides, { ...resources, judges, pool }, {
        onProgress(done, total) {
          progress ??= startProgress({ unit: 'candidates judged again', total, from: 0 });
          progress.update(done);
        },
      }); // prettier-ignore
      progress?.stop();
      if (differs) throw new DiffusteerError(describeDifference(differs));
      const { texts, controls } = certificate;
      console.log(
        `Confirmed: ${texts.accepted} accepted texts of ${judged} candidates, ${controls.length} conditions, all hashes`,
      );
    } finally {
      progress?.stop();
      await Promise.all([pool?.close(), resources.stop()]);
    }
  },
};

/** A config of `certify` with its judges. */
interface Certifying {
  readonly plan: CertifyPlan;
  readonly registry: Awaited<ReturnType<typeof registryWith>>['guides'];
  readonly judging: Omit<JudgeResources, 'stop'> & Pick<Awaited<ReturnType<typeof registryWith>>, 'judges'>;
  /** Stops the judges. */
  stop(): Promise<void>;
}

/** Reads and checks a config of `certify`, and opens its judges. @throws InputError with every problem */
export async function openCertifying(path: string, set: readonly string[], plugins: string | undefined): Promise<Certifying> {
  const [{ loadCertifyConfig, planCertify }, { guides: registry, judges }] = await Promise.all([
    import('../../lib/certify/index.js'),
    registryWith(plugins),
  ]);
  const config = await loadCertifyConfig(path, registry, { set });
  const { stop, ...resources } = await openEmbedded(config.model);
  const judging = { ...resources, judges };
  try {
    return { plan: await planCertify(config, registry, judging, path), registry, judging, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Opens the judges that run inside this process: a certificate must not depend on a server. */
const openEmbedded = (model: string): Promise<JudgeResources> =>
  openJudgeResources({ parser: 'embedded', tagger: 'wink', corenlp: '' }, model);

/** Most targets without their texts that are listed. */
const LISTED = 20;

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

export function describeCertificate({
  texts,
  targets,
  controls,
  together,
  copies,
  avoided,
  improved,
  searched,
}: Certificate): string {
  const rows = [...controls, { name: 'all together', bound: '', judge: { by: '' }, ...together }].map(({ name, bound, judge, first, all }) => [
    name,
    bound,
    `${all.accepted} of ${all.tried}`,
    all.rate === null ? '-' : percent(all.rate),
    first.rate === null ? '-' : `${percent(first.rate)} (${percent(first.low)} to ${percent(first.high)})`,
    judge.by,
  ]); // prettier-ignore
  const { notServed } = targets;
  const others = notServed.length - LISTED;
  const listed = `${notServed.slice(0, LISTED).join(', ')}${others > 0 ? ` and ${others} more` : ''}`;
  return [
    `${texts.accepted} of ${texts.wanted} texts accepted from ${texts.candidates} candidates in ${texts.rounds} ${texts.rounds === 1 ? 'round' : 'rounds'}`,
    `${targets.served} of ${targets.given} targets served within ${targets.tries} candidates`,
    ...(notServed.length > 0 ? [`not served: ${listed}; targets.jsonl says what they had`] : []),
    `near copies refused: ${copies.refused}`,
    ...(avoided
      ? [`later candidates of ${avoided.targets} targets avoided words that ${avoided.judges.join(', ')} had refused`]
      : []),
    ...(improved
      ? [
          `candidates that started from refused ones and changed some words: ${improved.candidates}, accepted: ${improved.accepted}`,
        ]
      : []),
    ...(searched
      ? [`candidates that a search of a language model found: ${searched.candidates}, accepted: ${searched.accepted}`]
      : []),
    '',
    table([['condition', 'bound', 'accepted', 'rate', 'rate in the first round (95 %)', 'judged by'], ...rows]),
  ].join('\n');
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ').trimEnd()).join('\n'); // prettier-ignore
}

const describeDifference = ({ file, line, what, stated, found }: StatedDifference): string =>
  printable(`${file}${line === undefined ? '' : `:${line}`}: ${what}: the run states ${stated}, found ${found}`);

/** Shows each round with the candidates that it makes, on stderr. */
function roundsView(signal: AbortSignal): { hooks: CertifyHooks; stop(): void } {
  let progress: Progress | undefined;
  const stop = (): void => {
    progress?.stop();
    progress = undefined;
  };
  let told = false;
  let unit = 'steps';
  return {
    stop,
    hooks: {
      ...{ signal, bestThreads },
      onNotices(notices) {
        if (!told) notices.forEach((notice) => console.log(notice));
        told = true;
      },
      onRound(round: number, batches: readonly Batch[], accepted: number) {
        stop();
        unit = batches.every(({ source }) => source === 'search') ? 'texts' : 'steps';
        const targets = batches.reduce((sum, batch) => sum + batch.targets.length, 0);
        const texts = batches.reduce((sum, batch) => sum + batch.targets.length * batch.texts, 0);
        process.stderr.write(
          `Round ${round}: candidates ${texts}, targets that lack texts ${targets}, accepted so far ${accepted}\n`,
        );
      },
      onStart: stop,
      onProgress(done, total) {
        progress ??= startProgress({ unit, total, from: done });
        progress.update(done);
      },
    },
  };
}
