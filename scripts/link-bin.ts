import { chmod, mkdir, rm, symlink } from 'node:fs/promises';

// Run by `npm ci` in a clone: npm links the bins of dependencies but not the package's own, and npx would install the package into
// its cache, build included, to find it. Where links are not allowed (Windows), npx still takes that way.
const link = 'node_modules/.bin/diffusteer';
try {
  await chmod('dist/scripts/cli.js', 0o755);
  await mkdir('node_modules/.bin', { recursive: true });
  await rm(link, { force: true });
  await symlink('../../dist/scripts/cli.js', link);
} catch (error) {
  console.warn(`npx diffusteer will be slow the first time: ${error instanceof Error ? error.message : String(error)}`);
}
