export { attributeJudge } from './attribute.js';
export { bootstrap, pairedBootstrap, REPLICATES, type BootstrapOptions, type PairedComparison } from './bootstrap.js';
export { bleu, bleuCounts, selfBleu, type BleuCounts } from './bleu.js';
export { Cider } from './cider.js';
export { DiversityCounter } from './diversity.js';
export { RunMeasure, type MeasuredText } from './measure.js';
export { CorpusIndex, type Copied } from './novelty.js';
export { rougeL } from './rouge.js';
export { figuresOf, type MetricsContext } from './run-metrics.js';
export * from './score-sums.js';
export { TextScorer, type JudgedText, type TextJudges } from './score-texts.js';
export { measureEmbeddings } from './embedding-measure.js';
export { ClusterSums, type Statistic } from './cluster-sums.js';
export { classifyJudge } from './classify.js';
export { clauseJudge, type JudgedGuide } from './clause.js';
export { readBrackets, type Bracket, type Brackets } from './brackets.js';
export { chooseParser, type ParserChoice, type ParserPlaces } from './choose-parser.js';
export { coreNlpParser, type CoreNlpOptions } from './corenlp-client.js';
export { CORENLP_VERSION, fetchCoreNlp, missingJars } from './corenlp-jars.js';
export {
  coreNlpAt,
  localCoreNlp,
  startCoreNlp,
  type CoreNlpServer,
  type LocalCoreNlp,
  type ServerOptions,
} from './corenlp-server.js';
export type { Figure, GuideReport } from './guide-report.js';
export type { Judge, Mark, Score, Share } from './judge.js';
export { ngramFluency, type FluencyJudge } from './fluency.js';
export { languageFluency, type StoppableFluency } from './language-fluency.js';
export {
  metricsSchema,
  type FluencyMetrics,
  type GuideMetrics,
  type GuideScore,
  type Interval,
  type Metrics,
  type TextScores,
} from './metrics.js';
export { infillJudge } from './infill.js';
export { fitLabelClassifier, type LabelClassifier, type LabelledText } from './label-classifier.js';
export { lengthJudge } from './length.js';
export type { Cost } from '../model/language-model.js';
export { trainNgram, type Ngram, type NgramOptions } from './ngram.js';
export { embeddedParser } from './embedded-parser.js';
export { CORENLP, JudgeUnavailable, noParser, rememberingParser, type Parser, type StoppableParser } from './parser.js';
export { measureParser, type ParserScores } from './parser-scores.js';
export { posJudge, type PosParsers } from './pos.js';
export { PENN_TAGS, UNIVERSAL_TAGS } from './tag-sets.js';
export { judgesFor, standardJudges, type ChosenJudges, type JudgeParts } from './registry.js';
export { renderReport } from './render.js';
export { judgeRun, referenceOf, type Fluency, type RunContext, type RunReport, type SampleLine } from './run-report.js';
export { embeddedClassifier, type SlotClassifier, type Stated } from './slot-classifier.js';
export { spansJudge } from './spans.js';
export { copiedShare, distinctShare, lengths, type Lengths } from './texts.js';
export { treeJudge } from './tree.js';
export { universalTags } from './universal-tags.js';
export { regexJudge } from './regex.js';
export { wordsJudge } from './words.js';
export { templateJudge } from './template.js';
