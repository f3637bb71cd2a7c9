/** The contract of guides, and how guides compose. Takes guides that state log-probabilities and hard facts; gives one guide out of several, and checks of the contract; knows nothing of single guides by name. */
export type {
  CheckContext,
  ClassifierSpec,
  GradientGuide,
  Guide,
  GuideContext,
  GuideFactory,
  ModelInfo,
  ParticlesGuide,
  PosteriorFactors,
  PosteriorGuide,
  ProjectGuide,
  RewardedText,
  RewardSlope,
  StepState,
  TableSpec,
  TokenReward,
  Via,
} from './contract.js';
export type { FutureSpec } from './future.js';
export type { RegisteredGuide, Registry } from './registry.js';
