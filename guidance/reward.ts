import { type Static, Type } from '@sinclair/typebox';
import type { Problem } from '../lib/base/errors.js';
import { path } from '../lib/config/index.js';
import type {
  Guide,
  GuideContext,
  GuideFactory,
  ParticlesGuide,
  PosteriorGuide,
  RewardedText,
  Via,
} from '../lib/guide/contract.js';
import { classifierFiles, classifierObstacle, loadTextClassifier } from '../lib/model/external/onnx-text-classifier.js';
import { type ExpectedReward, loadExpectedReward, sequenceReward } from './parts/expected-reward.js';
import { loadRewardFunction, moduleObstacle } from './parts/reward-module.js';

const text = (description: string) => Type.Optional(Type.String({ minLength: 1, description }));

const options = Type.Object({
  module: Type.Optional(
    path(
      'JavaScript or TypeScript file in the folder of --plugins that exports a function (text, tokens, argument) => nats, or for `posterior` (probs, words, argument) => ({ value, gradient }).',
    ),
  ),
  export: text('Name of the export. Default: "default", for `posterior` "expected".'),
  argument: Type.Optional(Type.Unknown({ description: 'The third argument of the function.' })),
  model: Type.Optional(
    path(
      'Folder of an ONNX text classifier, for `particles`: config.json, tokenizer.json, tokenizer_config.json, onnx/model.onnx.',
    ),
  ),
  label: text('Label of the classifier; its log-probability is the reward.'),
});

export type RewardOptions = Static<typeof options>;

/**
 * Makes the guide for rewards: functions of the user's, and log-probabilities of labels by text classifiers.
 *
 * @param folder the folder whose files a config may name as modules; undefined for none
 */
export const rewardGuide = (folder?: string): GuideFactory<RewardOptions> => ({
  name: 'reward',
  summary: 'The text has a high reward, by a JavaScript function, its gradient, or an ONNX text classifier.',
  options,
  example: { module: 'examples/plugins/rewards/short-words.ts' },
  places: ['particles', 'posterior'],
  check: (given, { via }) => problemsOf(given, folder, via),
  create: (context): Guide<RewardOptions> => (context.via === 'posterior' ? byGradient(context) : byParticles()),
});

/** Weighs the tokens of each step by the gradient of the reward under their probabilities. */
function byGradient({ model: { vocabulary } }: GuideContext): PosteriorGuide<RewardOptions> {
  const loaded = new Map<string, ExpectedReward>();
  const nameOf = ({ export: name = 'expected' }: RewardOptions) => name;
  const sourceOf = (row: RewardOptions) => JSON.stringify([row.module, nameOf(row)]);
  return {
    via: 'posterior',
    async open(rows) {
      for (const row of rows)
        if (!loaded.has(sourceOf(row))) loaded.set(sourceOf(row), await loadExpectedReward(row.module!, nameOf(row)));
    },
    files: (rows) => [...new Set(rows.map(({ module }) => module!))],
    factors(row) {
      const reward = loaded.get(sourceOf(row))!;
      return { reward: sequenceReward(reward, { file: row.module!, name: nameOf(row), argument: row.argument }, vocabulary) };
    },
  };
}

/** Rewards texts by one loaded function or classifier, each text with its own options. */
type Reward = (texts: readonly RewardedText[], rows: readonly RewardOptions[]) => Promise<readonly number[]>;

function byParticles(): ParticlesGuide<RewardOptions> {
  const loaded = new Map<string, Promise<Reward>>();
  const sourceOf = ({ module, export: name, model, label }: RewardOptions) => JSON.stringify([module, name, model, label]);
  const rewardOf = (row: RewardOptions): Promise<Reward> => {
    const source = sourceOf(row);
    if (!loaded.has(source)) loaded.set(source, load(row));
    return loaded.get(source)!;
  };
  return {
    via: 'particles',
    async open(rows) {
      for (const row of rows) await rewardOf(row);
    },
    files: (rows) => [
      ...new Set(rows.flatMap(({ module, model }) => (module === undefined ? classifierFiles(model!) : [module]))),
    ],
    async reward(texts, rows) {
      const out = new Array<number>(texts.length).fill(0);
      for (const source of new Set(rows.map(sourceOf))) {
        const own = [...rows.keys()].filter((i) => sourceOf(rows[i]!) === source);
        const reward = await rewardOf(rows[own[0]!]!);
        const values = await reward(
          own.map((i) => texts[i]!),
          own.map((i) => rows[i]!),
        );
        own.forEach((i, k) => (out[i] = values[k]!));
      }
      return out;
    },
  };
}

async function load({ module, export: name = 'default', model, label }: RewardOptions): Promise<Reward> {
  if (module === undefined) {
    const classifier = await loadTextClassifier(model!, label!);
    return (texts) => classifier.logProb(texts.map((one) => one.text));
  }
  const reward = await loadRewardFunction(module, name);
  return (texts, rows) => Promise.all(texts.map(async (one, i) => reward(one.text, one.tokens, rows[i]!.argument)));
}

function problemsOf(
  { module, export: name, argument, model, label }: RewardOptions,
  folder: string | undefined,
  via: Via,
): Problem[] {
  if ((module === undefined) === (model === undefined))
    return [
      { path: '', message: 'expected either "module", a file with a function, or "model", the folder of a text classifier' },
    ];
  if (module !== undefined) return obstacle('/module', moduleObstacle(module, folder)).concat(misplaced({ label }, 'model'));
  if (via === 'posterior')
    return [{ path: '/model', message: 'has no gradient over token probabilities; use "via": "particles", or a "module"' }];
  return [
    ...(label === undefined ? [{ path: '/label', message: 'expected a label of the classifier, got nothing' }] : []),
    ...(label === undefined ? [] : obstacle('/model', classifierObstacle(model!, label))),
    ...misplaced({ export: name, argument }, 'module'),
  ];
}

const obstacle = (path: string, message: string | undefined): Problem[] => (message === undefined ? [] : [{ path, message }]);

/** Returns a problem for each option that belongs to the other kind of reward. */
const misplaced = (given: Readonly<Record<string, unknown>>, belongsTo: string): Problem[] =>
  Object.entries(given).flatMap(([key, value]) =>
    value === undefined ? [] : [{ path: `/${key}`, message: `belongs to "${belongsTo}", which is missing` }],
  );
