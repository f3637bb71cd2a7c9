/** Training of what guides need. Takes parsed or annotated rows; gives classifiers, tables and discriminators next to the model; knows nothing of judges. */
export { checkGuideTraining, loadGuideTraining } from './guide-config.js';
export { checkGuideToTrain, trainGuide, type TrainGuideResult } from './train-guide.js';
