import { locate } from '../../lib/base/locate.js';
import type { Diagnosis } from '../../lib/train/doctor/index.js';
import type { Command } from './options.js';

interface DoctorArgs {
  path: string;
  data: string | undefined;
  column: string | undefined;
  samples: number;
}

export const doctorCommand: Command<DoctorArgs> = {
  builder: (yargs) =>
    yargs
      .positional('path', {
        type: 'string',
        demandOption: true,
        coerce: locate,
        describe: 'A run of `train`, or the folder of a model',
      })
      .option('data', { type: 'string', describe: 'For a run, the folder of its corpus; for a model, a corpus file' })
      .option('column', { type: 'string', describe: 'Column of a CSV corpus file that holds the text' })
      .option('samples', { type: 'number', default: 16, describe: 'Texts to sample, 0 for none' })
      .example('$0 doctor runs/walks --data examples/own-data', 'what to change in the config of a training'),
  async handler({ path, data, column, samples }) {
    const { diagnose, REFERENCE } = await import('../../lib/train/doctor/index.js');
    const options = { samples, ...(data === undefined ? {} : { data }), ...(column === undefined ? {} : { column }) };
    console.log(describeDiagnosis(await diagnose(path, options), REFERENCE));
  },
};

/** Returns the measurements as lines, and what to change below them. */
function describeDiagnosis({ model, evidence, findings }: Diagnosis, reference: Readonly<Record<string, number>>): string {
  const { corpus, samples, levels } = evidence;
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const measured = [
    ...(corpus
      ? [`corpus: ${corpus.rows} rows; ${percent(corpus.tooLong)} too long, ${percent(corpus.unknown)} of the words unknown`]
      : ['corpus: not read; name its folder (of a run) or file (of a model) with --data']),
    ...(samples
      ? [
          `${samples.count} texts: ${percent(samples.copies)} copies, ${percent(samples.distinct)} distinct, ${samples.meanTokens.toFixed(1)} tokens (rows ${samples.corpusMeanTokens.toFixed(1)}), ${samples.nats.toFixed(2)} nats per token under a 4-gram model of the rows (held-out rows ${samples.heldNats.toFixed(2)})`,
        ]
      : []),
    ...(levels
      ? [`cross-entropy in nats per token, models/e2e on its corpus in brackets: ${describeLevels(levels, reference)}`]
      : []),
  ];
  const advice = findings.flatMap(({ problem, seen, advice, change }, i) => [
    `${i + 1}. ${problem}: ${seen}`,
    `   ${advice}${change === undefined ? '' : `: ${change}`}`,
  ]);
  return [model, ...measured.map((line) => `  ${line}`), ...(advice.length > 0 ? advice : ['nothing found that is wrong'])].join(
    '\n',
  );
}

function describeLevels(levels: Readonly<Record<string, number>>, reference: Readonly<Record<string, number>>): string {
  const shown = Object.entries(levels).map(([level, nats]) => {
    const known = reference[level];
    return `${level.replace('time ', '')}: ${nats.toFixed(2)}${known === undefined ? '' : ` (${known.toFixed(2)})`}`;
  });
  return shown.join(', ');
}
