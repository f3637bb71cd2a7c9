import { spawn } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DiffusteerError } from '../../base/errors.js';
import { unreadable } from '../../base/files.js';

export const CORENLP_VERSION = '4.5.10';

/** The jars that a folder of Stanford CoreNLP must hold, of any version, as Maven Central and the archive of its site name them. */
const WANTED: readonly { readonly name: string; readonly pattern: RegExp }[] = [
  { name: 'stanford-corenlp-VERSION.jar', pattern: /^stanford-corenlp-[\d.]+\.jar$/ },
  { name: 'stanford-corenlp-VERSION-models.jar', pattern: /^stanford-corenlp-[\d.]+-models\.jar$/ },
  { name: 'stanford-corenlp-VERSION-models-english.jar', pattern: /^stanford-(?:english-)?corenlp-[\d.]+-models-english\.jar$/ },
];

/**
 * Returns the jars that a folder lacks; all of them if there is no folder.
 *
 * @throws InputError if the folder cannot be read
 */
export async function missingJars(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw unreadable(folder, error);
  });
  return WANTED.filter(({ pattern }) => !names.some((name) => pattern.test(name))).map(({ name }) => name);
}

const dependency = (classifier: string): string =>
  `<dependency><groupId>edu.stanford.nlp</groupId><artifactId>stanford-corenlp</artifactId>` +
  `<version>${CORENLP_VERSION}</version>${classifier && `<classifier>${classifier}</classifier>`}</dependency>`;

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>diffusteer</groupId><artifactId>corenlp</artifactId><version>1</version>
  <dependencies>${['', 'models', 'models-english'].map(dependency).join('')}</dependencies>
</project>
`;

/**
 * Copies Stanford CoreNLP and its dependencies into a folder with Maven, from Maven Central: some 920 MB, and as much in Maven's own cache.
 *
 * @throws DiffusteerError if Maven is missing or fails
 */
export async function fetchCoreNlp(folder: string, maven = 'mvn'): Promise<void> {
  await mkdir(folder, { recursive: true });
  const pom = join(folder, 'pom.xml');
  await writeFile(pom, POM);
  const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies';
  const child = spawn(maven, ['-B', '-q', '-f', pom, goal, `-DoutputDirectory=${folder}`], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (piece: Buffer): void => void (output = (output + piece.toString()).slice(-2000));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  await new Promise<void>((resolve, reject) => {
    child.on('error', () => {
      reject(
        new DiffusteerError(
          `Maven was not found as "${maven}"; install it (Debian: apt install maven), or put the jars of Stanford CoreNLP ${CORENLP_VERSION} into ${folder}`,
        ),
      );
    });
    child.on('close', (code) => {
      if (code === 0) resolve();
      else
        reject(
          new DiffusteerError(`Maven could not fetch Stanford CoreNLP into ${folder}; run again to resume\n${output.trim()}`),
        );
    });
  });
}
