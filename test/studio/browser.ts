import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Returns the path of an installed Chromium, or undefined. */
function findChromium(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path));
}

/**
 * Starts Chromium for a suite of tests. Without one the suite is skipped, except in CI, which installs it.
 *
 * @param flags of Chromium
 * @returns a function that opens a page; the browser ends with the suite
 */
export function useBrowser(flags: readonly string[] = []): (url: string, options?: BrowserContextOptions) => Promise<Page> {
  let browser: Browser | undefined;
  before(async function () {
    this.timeout(120_000);
    const executablePath = findChromium();
    if (executablePath === undefined && process.env['CI'] === undefined) {
      console.log('      no Chromium on the PATH: these tests are skipped (apt-get install chromium)');
      this.skip();
    }
    browser = await chromium.launch({ executablePath: executablePath ?? 'chromium', args: ['--no-sandbox', ...flags] });
  });
  after(() => browser?.close());
  return async (url, options = {}) => {
    const context = await browser!.newContext({ viewport: { width: 1440, height: 900 }, acceptDownloads: true, ...options });
    context.setDefaultTimeout(60_000);
    const page = await context.newPage();
    await page.goto(url);
    return page;
  };
}
