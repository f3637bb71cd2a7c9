/** Texts that judges accept. Takes a config of a run with conditions; gives accepted texts, a certificate and its verification; knows nothing of how a run makes its texts, and of the guides only the name of the one that keeps words away from positions. */
export type { Batch } from './candidates.js';
export { type Certificate, certificateSchema, readCertificate } from './certificate.js';
export { certify, type CertifyHooks, type CertifyResult } from './certify.js';
export type { JudgeFolders, JudgeRecord } from './judge-records.js';
export { type CertifyJudging, type CertifyPlan, loadCertifyConfig, planCertify } from './plan.js';
export type { AcceptedText } from './selection.js';
export type { TargetLine } from './target-lines.js';
export { modelOf, type StatedDifference, type Verification, verify, type VerifyHooks } from './verify.js';
