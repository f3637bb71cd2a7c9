import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const randomness = {
  object: 'Math',
  property: 'random',
  message: 'Draw random numbers from a key of lib/base/random.ts, so that a run can be repeated.',
};

const outsideWorld = [
  { object: 'process', property: 'env', message: 'Only scripts/ reads the environment: take an argument.' },
  { object: 'process', property: 'exit', message: 'Only scripts/ exits: throw a named error.' },
  { object: 'process', property: 'stdout', message: 'Only scripts/ prints: return the text or call an observer.' },
  { object: 'process', property: 'stderr', message: 'Only scripts/ prints: return the text or call an observer.' },
];

/** The library and the guides, which run inside other programs. */
const library = ['lib/**/*.ts', 'guidance/**/*.ts'];

export default defineConfig(
  globalIgnores(['dist/', 'node_modules/', 'runs/', '.ci/', 'eslint.config.js', 'studio/vite.config.ts']),
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-restricted-properties': ['error', randomness],
      'max-lines': ['error', { max: 400 }],
      // `row[i]!` states that a loop has bounded the index.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true, allowArray: true }],
      // The types of tfjs know no shapes; whether a cast is needed depends on its version.
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
      // Interfaces here are records of closures, and asynchronous if any implementation must wait.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/no-meaningless-void-operator': 'off', // `void (await x)` turns a result into nothing
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
    },
  },
  {
    files: ['**/*.ts'],
    ignores: ['lib/engine/**', 'bench/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['@tensorflow/*', 'onnxruntime-node', 'onnxruntime-node/*'],
              allowTypeImports: true,
              message: 'Only lib/engine imports backends: import { tf } from lib/engine.',
            },
          ],
        },
      ],
    },
  },
  {
    files: library,
    rules: {
      'no-console': 'error',
      'no-restricted-properties': ['error', randomness, ...outsideWorld],
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['examples/**/*.ts'],
    rules: {
      // node:test awaits its tests itself.
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', name: 'test', package: 'node:test' }] },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unused-expressions': 'off', // chai: expect(x).to.be.true
    },
  },
);
