/** Training of the denoiser. Takes token ids; gives a model folder; knows nothing of guides and judges. */
export { checkTraining, type ChosenTraining, loadTraining } from './train-config.js';
export { checkTrainingData, trainModel, type TrainModelHooks, type TrainModelResult } from './train-model.js';
export { validateModel, type ValidateOptions, type ValidationReport } from './validate-model.js';
