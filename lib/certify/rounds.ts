import { join } from 'node:path';
import { type Key, keyOf, seedOf, split } from '../base/random.js';
import type { GenerateConfig } from '../config/index.js';
import { type ScoredText, scoredTexts } from '../evaluate/scored-texts.js';
import { inRounds, type Round } from '../generate/rounds.js';
import { BestCandidates, type IsKnown } from './best-candidates.js';
import { type Batch, batchConfig, type BatchText, raiseWeights, wantedCandidates } from './candidates.js';
import { ATTEMPTS } from './chosen-attempts.js';
import type { CertifyPlan } from './plan.js';
import { RefusedWords } from './refused-words.js';
import { Acceptance } from './selection.js';

/** A batch of candidates that a round generates and judges. */
export interface RoundBatch extends Batch {
  readonly round: number;
  /** Folder of its run, and the same inside the folder of the rounds: `2/0`. */
  readonly folder: string;
  readonly name: string;
  /** Generates the candidates, or their attempts in a folder inside that of the batch. */
  readonly config: GenerateConfig;
  /** What each target of the config asks for. */
  readonly rows: readonly BatchText[];
}

export interface RoundsOfBatches {
  /** Generates the candidates of a batch, or checks those that are there. */
  make(batch: RoundBatch, isKnown: IsKnown): Promise<void>;
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
  const best = config.improve ? new BestCandidates(conditions) : undefined;
  const acceptance = new Acceptance(targets.length, conditions, config);
  const batches: RoundBatch[] = [];
  const rounds = await inRounds<Batch>(
    {
      wanted: () => wantedCandidates(acceptance, config, best),
      async make(round) {
        onRound?.(round.number, round.wanted, acceptance);
        const isKnown: IsKnown = (...text) => best!.isKnown(...text);
        for (const batch of batchesOf(round, plan, { refused, best })) await make(batch, isKnown);
      },
      async take(round) {
        acceptance.beginRound();
        for (const batch of batchesOf(round, plan, { refused, best })) {
          batches.push(batch);
          for await (const { row, text } of judgedTexts(batch, await judge(batch), plan)) {
            refused?.add(row.target, text);
            const shortfall = acceptance.add(row.target, text, { folder: batch.name, round: batch.round });
            best?.add(row, text, shortfall);
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

/** What later rounds know of earlier ones. */
interface Lessons {
  readonly refused: RefusedWords | undefined;
  readonly best: BestCandidates | undefined;
}

function batchesOf(
  { number, folder: parent, seed: roundSeed, wanted }: Round<Batch>,
  { config, targets, improving }: CertifyPlan,
  lessons: Lessons,
): RoundBatch[] {
  return wanted.map((batch, i) => {
    const folder = join(parent, String(i));
    const key = split(keyOf(roundSeed), 'batch', i);
    const rows = batch.targets.flatMap((target) => textsOf(batch, target, key, lessons));
    const output = batch.attempts > 1 ? join(folder, ATTEMPTS) : folder;
    const own = batchConfig(config, targets, batch, { folder: output, seed: seedOf(key), rows, improving });
    return { ...batch, round: number, folder, name: `${number}/${i}`, config: own, rows };
  });
}

/** Returns what a batch asks for a target: one target of its run, or one for each text if each starts from a draft of its own. */
function textsOf({ texts, attempts, source }: Batch, target: number, key: Key, { refused, best }: Lessons): BatchText[] {
  const common = { target, ...(refused && { refused: refused.at(target) }) };
  if (source !== 'refused') return [common];
  return best!.drafts(target, texts * attempts, split(key, 'words', target)).map((draft) => ({ ...common, draft }));
}

/** Reads the judged candidates of a batch in the order of its file: the texts of its first target first. Their targets are as given. */
async function* judgedTexts(
  { folder, rows }: RoundBatch,
  scoresFile: string,
  { targets }: CertifyPlan,
): AsyncGenerator<{ readonly row: BatchText; readonly text: ScoredText }> {
  for await (const { line, scores } of scoredTexts(join(folder, 'samples.jsonl'), scoresFile)) {
    const row = rows[Number.parseInt(line.id, 10)]!;
    yield { row, text: { line: { ...line, target: targets[row.target]!.fields }, scores } };
  }
}
