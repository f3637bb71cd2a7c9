import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runCli } from '../scripts/run-cli.js';
import { useBrowser } from './browser.js';

const CONFIG = {
  model: 'models/e2e',
  seed: 3,
  sampler: { steps: 10 },
  samplesPerTarget: 2,
  guidance: [{ guide: 'words', all: ['pub'] }],
};

/** Starts `diffusteer studio` on a free port. @returns the process and the address that it prints */
async function startStudio(): Promise<{ studio: ChildProcess; url: string }> {
  const studio = spawn(process.execPath, ['dist/scripts/cli.js', 'studio', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const part of studio.stdout) {
    const url = /http:\S+/.exec(String(part))?.[0];
    if (url !== undefined) return { studio, url };
  }
  throw new Error('the studio ended before it printed its address');
}

describe('the studio with its server', function () {
  this.timeout(240_000); // only a limit: it takes seconds on an idle machine
  const open = useBrowser();
  let folder: string;
  let studio: ChildProcess | undefined;
  before(async () => void (folder = await mkdtemp(join(tmpdir(), 'studio-'))));
  after(async () => {
    studio?.kill();
    await rm(folder, { recursive: true });
  });

  it('exports texts and a branch, and configs from which `generate` writes them byte for byte', async () => {
    const started = await startStudio();
    studio = started.studio;
    const page = await open(started.url);
    const save = async (name: string, part = 'body'): Promise<string> => {
      const button = page.locator(part).getByRole('button', { name }).first();
      const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
      return readFile(await download.path(), 'utf8');
    };
    const generated = async (name: string, config: string): Promise<string> => {
      const [path, output] = [join(folder, `${name}.json`), join(folder, name)];
      await writeFile(path, config);
      const { code, stderr } = await runCli(['generate', path, '--set', `output=${output}`]);
      expect(code, stderr).to.equal(0);
      return readFile(join(output, 'samples.jsonl'), 'utf8');
    };
    await page.getByLabel('Config as JSON').fill(JSON.stringify(CONFIG));
    await page.getByText('No problems.').waitFor();
    await page.getByRole('button', { name: 'Run', exact: true, disabled: false }).click();
    await page.getByText('the finished texts').waitFor();
    const lines = await save('Save JSON lines');
    expect(await generated('run', await save('Save config'))).to.equal(lines);

    await page.getByRole('button', { name: 'Text 1' }).click();
    await page.getByLabel('Reverse step', { exact: true }).fill('2');
    await page.locator('article.selected button.word').first().click();
    await page.getByLabel('Another word for this position').fill('Strada');
    await page.getByRole('button', { name: 'Change', exact: true }).click();
    await page.getByRole('button', { name: 'Branch from step 3' }).click();
    await page.locator('.branch .verdicts').waitFor();
    expect(await page.locator('.branch .words').innerText()).to.match(/^Strada .*\bpub\b/);
    const config = await save('Save config', '.branch');
    await page.locator('.branch').getByRole('button', { name: 'Keep' }).click();
    const kept = await save('Save JSON lines');
    expect(kept).to.match(/^\{"id":"0-0".*"Strada[^\n]*\n$/);
    expect(await generated('branch', config)).to.equal(kept);
  });
});
