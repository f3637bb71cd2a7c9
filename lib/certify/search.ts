import type { Problem } from '../base/errors.js';
import { locate } from '../base/locate.js';
import type { CertifyConfig, GenerateConfig } from '../config/index.js';
import type { Registry } from '../guide/registry.js';
import { problemsOfRun } from '../plan/prepare.js';
import { helperProblems, type JudgeRecord, weightsHash } from './judge-records.js';

/**
 * Returns what lets a run search for the most likely texts instead of denoising some.
 *
 * @param texts per target, all of which one search finds
 */
export const searchMethod = (
  { model, width }: NonNullable<CertifyConfig['search']>,
  texts: number,
): Pick<GenerateConfig, 'method' | 'decode' | 'batchSize'> => ({
  method: { name: 'beam', model, width, temperature: 1, stochastic: false, perText: false },
  decode: { name: 'argmax' },
  batchSize: texts,
});

/**
 * Checks the language model whose beam search finds attempts for hard targets.
 *
 * @param run the config as one run would generate its texts; undefined if it has problems already
 * @param records of the judges that accept, which must have other weights than it
 * @returns the SHA-256 of its weights, and every reason why it cannot be used; neither if the config asks for none
 */
export async function planSearch(
  { search, screen, improve }: Pick<CertifyConfig, 'search' | 'screen' | 'improve'>,
  run: GenerateConfig | undefined,
  records: Readonly<Record<string, JudgeRecord>>,
  registry: Registry,
): Promise<{ readonly hash?: string | undefined; readonly problems: readonly Problem[] }> {
  if (search === undefined) return { problems: [] };
  const hash = await weightsHash(locate(search.model));
  const messages = [
    ...(improve && screen !== undefined ? [] : ['finds attempts for hard targets, among which a screen chooses; set `improve` and `screen`, or leave this out']), // prettier-ignore
    ...helperProblems(search.model, hash, records),
  ];
  const ofRun = run ? await problemsOfRun({ ...run, ...searchMethod(search, 1) }, registry) : [];
  return {
    hash,
    problems: [
      ...messages.map((message) => ({ path: '/search', message })),
      ...ofRun.map(({ path, message }) => ({ path: '/search', message: `cannot search: ${path}: ${message}` })),
    ],
  };
}
