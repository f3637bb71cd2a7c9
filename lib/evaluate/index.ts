export { attributeJudge } from '../judges/controls/attribute.js';
export { bootstrap, pairedBootstrap, REPLICATES, type BootstrapOptions, type PairedComparison } from '../metrics/bootstrap.js';
export { bleu, bleuCounts, selfBleu, type BleuCounts } from '../metrics/bleu.js';
export { Cider } from '../metrics/cider.js';
export { DiversityCounter } from '../metrics/diversity.js';
export { RunMeasure, type MeasuredText } from './measure.js';
export { CorpusIndex, type Copied } from '../metrics/novelty.js';
export { rougeL } from '../metrics/rouge.js';
export { figuresOf, type MetricsContext } from './run-metrics.js';
export * from './score-sums.js';
export { TextScorer, type JudgedText, type TextJudges } from './score-texts.js';
export { measureEmbeddings } from './embedding-measure.js';
export { ClusterSums, type Statistic } from '../metrics/cluster-sums.js';
export { classifyJudge } from '../judges/controls/classify.js';
export { clauseJudge, type JudgedGuide } from '../judges/controls/clause.js';
export { readBrackets, type Bracket, type Brackets } from '../judges/parsers/brackets.js';
export { chooseParser, type ParserChoice, type ParserPlaces } from '../judges/parsers/choose-parser.js';
export { coreNlpParser, type CoreNlpOptions } from '../judges/parsers/corenlp-client.js';
export { CORENLP_VERSION, fetchCoreNlp, missingJars } from '../judges/parsers/corenlp-jars.js';
export {
  coreNlpAt,
  localCoreNlp,
  startCoreNlp,
  type CoreNlpServer,
  type LocalCoreNlp,
  type ServerOptions,
} from '../judges/parsers/corenlp-server.js';
export type { Figure, GuideReport } from './guide-report.js';
export type { Judge, Mark, Score, Share } from '../judges/judge.js';
export { ngramFluency, type FluencyJudge } from '../judges/fluency/fluency.js';
export { languageFluency, type StoppableFluency } from '../judges/fluency/language-fluency.js';
export {
  metricsSchema,
  type FluencyMetrics,
  type GuideMetrics,
  type GuideScore,
  type Interval,
  type Metrics,
  type TextScores,
} from './metrics.js';
export { infillJudge } from '../judges/controls/infill.js';
export { fitLabelClassifier, type LabelClassifier, type LabelledText } from '../judges/controls/bag-of-words-judge.js';
export { lengthJudge } from '../judges/controls/length.js';
export type { Cost } from '../model/causal/language-model.js';
export { trainNgram, type Ngram, type NgramOptions } from '../judges/fluency/ngram.js';
export { embeddedParser } from '../judges/parsers/shipped-parser.js';
export {
  CORENLP,
  JudgeUnavailable,
  noParser,
  rememberingParser,
  type Parser,
  type StoppableParser,
} from '../judges/parsers/parser.js';
export { measureParser, type ParserScores } from '../judges/parsers/parser-accuracy.js';
export { posJudge, type PosParsers } from '../judges/controls/pos.js';
export { PENN_TAGS, UNIVERSAL_TAGS } from '../judges/controls/tag-sets.js';
export { judgesFor, standardJudges, type ChosenJudges, type JudgeParts } from '../judges/registry.js';
export { renderReport } from './render.js';
export { judgeRun, referenceOf, type Fluency, type RunContext, type RunReport, type SampleLine } from './run-report.js';
export { embeddedClassifier, type SlotClassifier, type Stated } from '../judges/controls/slot-judge.js';
export { spansJudge } from '../judges/controls/spans.js';
export { copiedShare, distinctShare, lengths, type Lengths } from './texts.js';
export { treeJudge } from '../judges/controls/tree.js';
export { universalTags } from '../judges/parsers/universal-tags.js';
export { regexJudge } from '../judges/controls/regex.js';
export { wordsJudge } from '../judges/controls/words.js';
export { templateJudge } from '../judges/controls/template.js';
