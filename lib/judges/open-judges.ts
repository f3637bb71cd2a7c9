import { loadSlotJudge, type SlotJudge } from './controls/slot-judge.js';
import { languageFluency, type StoppableFluency } from './fluency/language-fluency.js';
import { chooseParser, type ParserChoice, type ParserLocations } from './parsers/choose-parser.js';
import { CORENLP, noParser, type Parser, rememberingParser, type StoppableParser } from './parsers/parser.js';

export type TaggerChoice = 'wink' | 'corenlp';

/** Says which parsers and trained judges to open, so that another process opens the same. */
export interface JudgeSetup {
  /** None if no judge asks for trees. */
  readonly parser: ParserChoice | 'none';
  readonly tagger: TaggerChoice;
  readonly locations: ParserLocations;
  /** Folder of the classifier of attributes. */
  readonly slots?: string | undefined;
  /** Folders of language models. */
  readonly fluency: readonly string[];
}

/** Parsers and models that judges use. */
export interface OpenJudges {
  readonly parser: Parser;
  /** Undefined if wink-nlp tags. */
  readonly tagger?: Parser;
  readonly classifier?: SlotJudge;
  readonly fluency: readonly StoppableFluency[];
  /** Stops all servers and sessions. */
  stop(): Promise<void>;
}

/**
 * Opens parsers, which parse each text once (one serves trees and tags if possible), and trained judges. Servers and networks start with the
 * first text.
 *
 * @param threads CPU threads of each network. Default: as `openDevice`
 * @throws InputError if a folder does not hold what it should
 */
export async function openJudges(
  { parser, tagger, locations, slots, fluency }: JudgeSetup,
  threads?: number,
): Promise<OpenJudges> {
  const parsers = await openParsers(parser, tagger, locations, threads);
  const classifier = slots === undefined ? undefined : await loadSlotJudge(slots, threads);
  const languageModels = await Promise.all(fluency.map((folder) => languageFluency(folder, threads)));
  return {
    parser: parsers.trees,
    ...(parsers.tags && { tagger: parsers.tags }),
    ...(classifier && { classifier }),
    fluency: languageModels,
    async stop() {
      await Promise.all([parsers.stop(), classifier?.stop(), ...languageModels.map((judge) => judge.stop())]);
    },
  };
}

const NO_PARSER: StoppableParser = { ...noParser('needs trees, and no parser was opened'), stop: () => Promise.resolve() };

async function openParsers(parser: JudgeSetup['parser'], tagger: TaggerChoice, locations: ParserLocations, threads?: number) {
  const chosen = parser === 'none' ? NO_PARSER : await chooseParser(parser, locations, threads);
  const trees = rememberingParser(chosen);
  if (tagger === 'wink') return { trees, stop: () => chosen.stop() };
  if (chosen.name === CORENLP) return { trees, tags: trees, stop: () => chosen.stop() };
  const other = await chooseParser('corenlp', locations);
  return { trees, tags: rememberingParser(other), stop: () => Promise.all([chosen.stop(), other.stop()]) };
}
