import { join } from 'node:path';
import { keyOf, seedOf, split } from '../base/random.js';
import type { GenerateConfig } from '../config/index.js';
import { type ScoredText, scoredTexts } from '../evaluate/scored-texts.js';
import { inRounds, type Round } from '../generate/rounds.js';
import { type Batch, batchConfig, raiseWeights, wantedCandidates } from './candidates.js';
import type { CertifyPlan } from './plan.js';
import { RefusedWords } from './refused-words.js';
import { Acceptance } from './selection.js';

/** A batch of candidates that a round generates and judges. */
export interface RoundBatch extends Batch {
  readonly round: number;
  /** Folder of its run, and the same inside the folder of the rounds: `2/0`. */
  readonly folder: string;
  readonly name: string;
  readonly config: GenerateConfig;
}

export interface RoundsOfBatches {
  /** Generates the candidates of a batch, or checks those that are there. */
  make(batch: RoundBatch): Promise<void>;
  /** Judges the candidates of a batch, or checks the scores that are there. @returns the path of its scores.jsonl */
  judge(batch: RoundBatch): Promise<string>;
  /** Called before each round. */
  onRound?(round: number, batches: readonly Batch[], acceptance: Acceptance): void;
  /** Called after each round. */
  onRoundEnd?(acceptance: Acceptance): Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

/** What came of all rounds. */
export interface AllRounds {
  readonly acceptance: Acceptance;
  readonly batches: readonly RoundBatch[];
  readonly rounds: number;
  /** What was learned of words that judges refuse; absent if the config does not ask for it. */
  readonly refused: RefusedWords | undefined;
}

/** Name of the folder of the rounds. */
export const ROUNDS = 'rounds';

/**
 * Goes through the rounds of a run until each target has its texts or has used up its tries. All that a round does follows from the scores
 * of the rounds before it, so `verify` takes the same way as the run did.
 *
 * @throws Interrupted with all finished work on the disk
 */
export async function throughRounds(
  plan: CertifyPlan,
  { make, judge, onRound, onRoundEnd, signal }: RoundsOfBatches,
): Promise<AllRounds> {
  const { config, targets, conditions, slotsOf, mostWords } = plan;
  const refused = config.avoid ? new RefusedWords(conditions, slotsOf, mostWords) : undefined;
  const acceptance = new Acceptance(targets.length, conditions, config);
  const batches: RoundBatch[] = [];
  const rounds = await inRounds<Batch>(
    {
      wanted: () => wantedCandidates(acceptance, config),
      async make(round) {
        onRound?.(round.number, round.wanted, acceptance);
        for (const batch of batchesOf(round, plan, refused)) await make(batch);
      },
      async take(round) {
        acceptance.beginRound();
        for (const batch of batchesOf(round, plan, refused)) {
          batches.push(batch);
          for await (const { target, text } of judgedTexts(batch, await judge(batch), plan)) {
            refused?.add(target, text);
            acceptance.add(target, text, { folder: batch.name, round: batch.round });
          }
        }
        raiseWeights(acceptance, config);
        await onRoundEnd?.(acceptance);
      },
    },
    { folder: join(config.output, ROUNDS), key: keyOf(config.seed), signal },
  );
  return { acceptance, batches, rounds, refused };
}

function batchesOf(
  { number, folder: parent, seed: roundSeed, wanted }: Round<Batch>,
  { config, targets }: CertifyPlan,
  refused: RefusedWords | undefined,
): RoundBatch[] {
  return wanted.map((batch, i) => {
    const folder = join(parent, String(i));
    const seed = seedOf(split(keyOf(roundSeed), 'batch', i));
    const words = refused && { refused: batch.targets.map((target) => refused.at(target)) };
    const own = batchConfig(config, targets, batch, { folder, seed, ...words });
    return { ...batch, round: number, folder, name: `${number}/${i}`, config: own };
  });
}

/** Reads the judged candidates of a batch in the order of its file: the texts of its first target first. Their targets are as given. */
async function* judgedTexts(
  { folder, targets: which }: RoundBatch,
  scoresFile: string,
  { targets }: CertifyPlan,
): AsyncGenerator<{ readonly target: number; readonly text: ScoredText }> {
  for await (const { line, scores } of scoredTexts(join(folder, 'samples.jsonl'), scoresFile)) {
    const target = which[Number.parseInt(line.id, 10)]!;
    yield { target, text: { line: { ...line, target: targets[target]!.fields }, scores } };
  }
}
